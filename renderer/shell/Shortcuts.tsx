import { Modal } from '@mantine/core'
import { t } from '../strings/t.ts'
import { useFocusReturn } from '../ui/useFocusReturn.ts'
import classes from './Shortcuts.module.css'
import { platform, shortcutIds, shortcuts } from './shortcuts.ts'

/** The list of shortcuts, from the table that registers them. */
export function Shortcuts({ onClose }: { readonly onClose: () => void }) {
  useFocusReturn()
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('shell.shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
      transitionProps={{ duration: 0 }}
    >
      <dl className={classes.list}>
        {shortcutIds.map((id) => (
          <div key={id} className={classes.entry}>
            <dt>{t(`shell.shortcuts.${id}`)}</dt>
            <dd>
              {shortcuts[id].keys[platform].map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
