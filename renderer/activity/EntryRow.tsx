import { useState } from 'react'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { t } from '../strings/t.ts'
import { CutName } from '../ui/CutName.tsx'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { Status } from '../ui/Status.tsx'
import classes from './Activity.module.css'
import { aboutOf, outcomeStatus, titleOf } from './texts.ts'

interface EntryRowProps {
  readonly entry: ActivityEntry
  /** Undefined: the row does not name its plane. */
  readonly planeName: string | undefined
  /** Undefined: its place no longer exists. */
  readonly onOpen: (() => void) | undefined
}

/** One line: the outcome, what happened, its plane. The title leads to the place. */
export function EntryRow({ entry, planeName, onOpen }: EntryRowProps) {
  const about = aboutOf(entry)
  return (
    <div className={classes.entry}>
      <span className={classes.outcome}>
        <Status appearance={outcomeStatus[entry.outcome]} />
      </span>
      <div className={classes.what}>
        {onOpen === undefined ? (
          <span className={classes.title}>{titleOf(entry)}</span>
        ) : (
          <button type="button" className={classes.open} onClick={onOpen}>
            {titleOf(entry)}
          </button>
        )}
        {about !== '' && <span className={classes.quiet}>{about}</span>}
        {entry.kind === 'profile' && entry.parts.length > 0 && (
          <ChangedParts parts={entry.parts} moreParts={entry.moreParts} />
        )}
      </div>
      {planeName !== undefined && (
        <span className={classes.plane} title={planeName}>
          <CutName name={planeName} />
        </span>
      )}
    </div>
  )
}

type ProfileEntry = Extract<ActivityEntry, { kind: 'profile' }>

/** Where the profile changed. Values are not recorded. */
function ChangedParts({ parts, moreParts }: Pick<ProfileEntry, 'parts' | 'moreParts'>) {
  const [open, setOpen] = useState(false)
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <div className={classes.parts}>
      <button type="button" className={classes.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Chevron size={14} aria-hidden />
        {t('activity.parts', { count: parts.length + moreParts })}
      </button>
      {open && (
        <ul>
          {parts.map(({ path, kind }) => (
            <li key={path}>
              <span className="mono">{path}</span> {t(`activity.part.${kind}`)}
            </li>
          ))}
          {moreParts > 0 && <li>{t('activity.moreParts', { count: moreParts })}</li>}
        </ul>
      )}
    </div>
  )
}
