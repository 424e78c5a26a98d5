import { age, span } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { CutName } from '../ui/CutName.tsx'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { healthStatus, Status } from '../ui/Status.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { useNow } from '../ui/useNow.ts'
import { shownImage } from './image.ts'
import type { WorkloadRow } from './rows.ts'
import { sinceOf } from './sort.ts'
import { otherId, type Totals } from './tree.ts'
import classes from './Workloads.module.css'

interface WorkloadLineProps {
  readonly row: WorkloadRow
  readonly onFold: () => void
}

/** One row of the tree, with its columns. */
export function WorkloadLine({ row, onFold }: WorkloadLineProps) {
  const { level, totals } = row
  const { health, reason } = row.kind === 'component' ? row.component : row.object
  const isOther = row.kind === 'component' && row.component.id === otherId
  return (
    <div className={classes.line} data-kind={row.kind} data-level={level}>
      <span className={classes.name}>
        <Chevron expanded={row.expanded} onFold={onFold} />
        <Name row={row} />
      </span>
      {isOther ? <span /> : <Status appearance={healthStatus[health]} />}
      <span className={classes.why} title={reason}>
        {reason}
      </span>
      <span className="numbers">{readyText(totals)}</span>
      <span className="numbers" data-some={(totals.restarts ?? 0) > 0}>
        {totals.restarts}
      </span>
      <Image image={row.kind === 'object' ? row.object.image : undefined} />
      <Since at={row.kind === 'component' ? row.component.since : sinceOf(row.object)} />
    </div>
  )
}

/** For the mouse; the keyboard folds with the left and right arrows. */
function Chevron({ expanded, onFold }: { readonly expanded: boolean | undefined; readonly onFold: () => void }) {
  if (expanded === undefined) return <span className={classes.chevron} />
  const Icon = expanded ? IconChevronDown : IconChevronRight
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    // biome-ignore lint/a11y/noStaticElementInteractions: the treeitem has the role and the state
    <span
      className={classes.chevron}
      onClick={(event) => {
        event.stopPropagation()
        onFold()
      }}
    >
      <Icon size={15} aria-hidden />
    </span>
  )
}

function Name({ row }: { readonly row: WorkloadRow }) {
  if (row.kind === 'component') return <CutName name={row.component.title} />
  const { kind, name } = row.object
  return (
    <>
      <span className={classes.kind}>{kind}</span>
      <CutName name={name} />
    </>
  )
}

const readyText = ({ ready, total }: Totals) =>
  total === undefined ? '' : t('workloads.readyCount', { ready: ready ?? 0, total })

function Image({ image }: { readonly image: string | undefined }) {
  if (image === undefined) return <span />
  const { text, end } = shownImage(image)
  return (
    <span className={classes.image} title={image}>
      <CutName name={text} end={end} />
    </span>
  )
}

/** The rows of a long list have no timer of their own: a column of ages is drawn anew once a second at most. */
function Since({ at }: { readonly at: string | undefined }) {
  const now = useNow()
  const { full } = useTimeFormat()
  if (at === undefined) return <span />
  const ms = now - Date.parse(at)
  return (
    <time className="numbers" dateTime={at} title={full(at)}>
      {ms < 1_000 ? age(at, now) : span(ms)}
    </time>
  )
}
