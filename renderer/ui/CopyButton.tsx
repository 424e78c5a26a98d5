import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { pasteSafe } from '../../preload/visible-text.ts'
import { t } from '../strings/t.ts'
import { IconCheck, IconCopy } from './icons.ts'

/** How long the button shows "Copied". */
const copiedShownMs = 1_500

/** Uses the Clipboard API where the host permits it, else `execCommand`. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.setAttribute('aria-hidden', 'true')
    area.className = 'hidden'
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

export interface CopyButtonProps {
  readonly label: string
  /** Called on the click. */
  readonly text: () => string
  /** It is copied as it is: a file for a program, or a text that is safe to paste already. */
  readonly exact?: boolean
}

/** Copies a text. A shell into which it is pasted runs nothing of it. */
export function CopyButton({ label, text, exact = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), copiedShownMs)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      onClick={() => void copyText(exact ? text() : pasteSafe(text())).then(() => setCopied(true))}
    >
      {label}
      {/* The label stays, so that the layout does not shift; screen readers announce this text. */}
      <span className="hidden" aria-live="polite">
        {copied ? t('ui.copied') : ''}
      </span>
    </Button>
  )
}
