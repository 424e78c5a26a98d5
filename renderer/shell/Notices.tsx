import { Button, CloseButton } from '@mantine/core'
import { useStore } from 'zustand'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import classes from './Notices.module.css'
import type { NoticeEntry } from './notices.ts'
import { openConnectivity } from './session.ts'
import { useSession } from './sessionContext.ts'

/** Problems without a place of their own, and news, at the lower right. They stay until they are dismissed. */
export function Notices() {
  const session = useSession()
  const { notices, dismiss } = useStore(session.notices)
  if (notices.length === 0) return null
  return (
    <section className={classes.stack} aria-label="Notices">
      {notices.map((entry) => (
        <div key={entry.id} className={classes.card}>
          {entry.kind === 'problem' ? (
            <ProblemNotice problem={entry.problem} />
          ) : (
            <NewsNotice news={entry.news} onDone={() => dismiss(entry.id)} />
          )}
          <CloseButton className={classes.close} size="sm" aria-label="Dismiss" onClick={() => dismiss(entry.id)} />
        </div>
      ))}
    </section>
  )
}

interface NewsNoticeProps {
  readonly news: Extract<NoticeEntry, { kind: 'news' }>['news']
  readonly onDone: () => void
}

function NewsNotice({ news: { tone, title, lines, planeId }, onDone }: NewsNoticeProps) {
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
            onDone()
          }}
        >
          Open connectivity
        </Button>
      }
    >
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </Notice>
  )
}
