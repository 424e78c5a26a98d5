import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
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

/** Copies a text, which is created on the click. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
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
      onClick={() => void copyText(text()).then(() => setCopied(true))}
    >
      {label}
      {/* The label stays, so that the layout does not shift; screen readers announce this text. */}
      <span className="hidden" aria-live="polite">
        {copied ? t('ui.copied') : ''}
      </span>
    </Button>
  )
}
