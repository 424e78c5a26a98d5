import { Button, CloseButton } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import classes from './Notices.module.css'
import type { Notification } from './notices.ts'
import { openConnectivity } from './session.ts'
import { useSession } from './sessionContext.ts'

/** Problems that belong to no view, and results of background checks, at the lower right. They stay until dismissed. */
export function Notices() {
  const session = useSession()
  const { notices, dismiss } = useStore(session.notices)
  if (notices.length === 0) return null
  return (
    <section className={classes.stack} aria-label={t('shell.notices.region')}>
      {notices.map((entry) => (
        <div key={entry.id} className={classes.card}>
          {entry.kind === 'problem' ? (
            <ProblemNotice problem={entry.problem} />
          ) : (
            <NotificationNotice notification={entry.notification} onOpened={() => dismiss(entry.id)} />
          )}
          <CloseButton
            className={classes.close}
            size="sm"
            aria-label={t('shell.notices.dismiss')}
            onClick={() => dismiss(entry.id)}
          />
        </div>
      ))}
    </section>
  )
}

interface NotificationProps {
  readonly notification: Notification
  readonly onOpened: () => void
}

function NotificationNotice({ notification: { tone, title, lines, planeId }, onOpened }: NotificationProps) {
  const session = useSession()
  return (
    <Notice
      tone={tone}
      role="alert"
      title={title}
      actions={
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            openConnectivity(session, planeId)
            onOpened()
          }}
        >
          {t('shell.notices.openConnectivity')}
        </Button>
      }
    >
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </Notice>
  )
}
