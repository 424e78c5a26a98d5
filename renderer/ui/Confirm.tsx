import { Button, Group, Modal } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { t } from '../strings/t.ts'

export interface ConfirmProps {
  readonly opened: boolean
  readonly title: string
  /** What is deleted, and what stays. */
  readonly children: ReactNode
  /** Label of the confirm button: the same as of the button that opened the dialog. */
  readonly verb: string
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
}

/** Confirms an action that cannot be undone. The focus begins on Cancel. */
export function Confirm({ opened, title, children, verb, onConfirm, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false)
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <div>{children}</div>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('ui.cancel')}
        </Button>
        <Button
          color="red"
          loading={busy}
          onClick={() => {
            setBusy(true)
            void onConfirm().finally(() => {
              setBusy(false)
              onClose()
            })
          }}
        >
          {verb}
        </Button>
      </Group>
    </Modal>
  )
}
