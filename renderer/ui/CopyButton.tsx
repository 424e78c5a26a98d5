import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { t } from '../strings/t.ts'
import { IconCheck, IconCopy } from './icons.ts'

/** How long the button says that it has copied. */
const saidMs = 1_500

/** The clipboard's own interface where the host grants it, the older one where it does not. */
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

/** Copies a text that is made when it is asked for. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), saidMs)
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
      {/* The visible word does not change, so nothing moves; this says it to those who cannot see the icon. */}
      <span className="hidden" aria-live="polite">
        {copied ? t('ui.copied') : ''}
      </span>
    </Button>
  )
}
