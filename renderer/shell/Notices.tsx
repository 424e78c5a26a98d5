import { CloseButton } from '@mantine/core'
import { useStore } from 'zustand'
import { ProblemNotice } from '../ui/Notice.tsx'
import classes from './Notices.module.css'
import { useSession } from './sessionContext.ts'

/** Problems without a place of their own, at the lower right. They stay until they are dismissed. */
export function Notices() {
  const session = useSession()
  const { notices, dismiss } = useStore(session.notices)
  if (notices.length === 0) return null
  return (
    <section className={classes.stack} aria-label="Notices">
      {notices.map(({ id, problem }) => (
        <div key={id} className={classes.card}>
          <ProblemNotice problem={problem} />
          <CloseButton className={classes.close} size="sm" aria-label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </section>
  )
}
