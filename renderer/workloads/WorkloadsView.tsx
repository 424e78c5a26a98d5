import { Checkbox } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Health } from '../../preload/contract/workloads.ts'
import { age, counted } from '../lib/time.ts'
import { Blank, Loading } from '../ui/Blank.tsx'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import { useNow } from '../ui/useNow.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import { worstFirst } from './HealthSummary.tsx'
import { otherId, type WorkloadRow, workloadRows } from './rows.ts'
import { Side } from './Side.tsx'
import type { Known, WorkloadsStore } from './store.ts'
import classes from './Workloads.module.css'

const rowHeightPx = 30

/** What runs in the cluster for this plane, by component, as of now or as last known. */
export function WorkloadsView({ store }: { readonly store: WorkloadsStore }) {
  const known = useStore(store, (state) => state.known)
  const problem = useStore(store, (state) => state.problem)
  if (known === undefined) {
    return problem === undefined ? (
      <Loading what="workloads" />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  return (
    <div className={classes.view}>
      <StaleNotice known={known} />
      {known.components.length === 0 && known.objects.size === 0 ? (
        <Blank title="Nothing runs here yet">
          Once the plane is installed, its components and what they consist of show here.
        </Blank>
      ) : (
        <Tree known={known} store={store} />
      )}
    </div>
  )
}

function StaleNotice({ known: { asOf, connection } }: { readonly known: Known }) {
  if (connection.state === 'live') return null
  const lost = connection.state === 'stale'
  const problem = connection.problem
  return (
    <Notice
      tone={lost ? 'warn' : 'busy'}
      role="status"
      title={lost ? 'The cluster does not answer' : 'Connecting to the cluster'}
    >
      <div>
        {asOf === null ? (
          'Nothing is known of it yet.'
        ) : (
          <>
            This is the last known state, as of <At at={asOf} /> (<Ago at={asOf} />
            ).
          </>
        )}
        {lost && ' Hangar keeps trying.'}
      </div>
      {problem !== undefined && (
        <div>
          {problem.message} {problem.hint}
        </div>
      )}
    </Notice>
  )
}

function Tree({ known, store }: { readonly known: Known; readonly store: WorkloadsStore }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [onlyTroubled, setOnlyTroubled] = useState(false)
  const [selected, setSelected] = useState<string>()
  const rows = useMemo(() => {
    const all = workloadRows(known, folded)
    return onlyTroubled ? all.filter((row) => healthOf(row) !== 'healthy' && !isOther(row)) : all
  }, [known, folded, onlyTroubled])
  const chosen = rows.find(({ key }) => key === selected)
  const about = chosen?.kind === 'object' ? chosen.object.uid : undefined
  const health = chosen?.kind === 'object' ? chosen.object.health : undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of health is when there are new events to read
  useEffect(() => {
    void store.getState().loadEvents(about)
  }, [store, about, health])

  return (
    <>
      <div className={classes.bar}>
        <Counts known={known} />
        <Checkbox
          label="Only what is not healthy"
          checked={onlyTroubled}
          onChange={({ currentTarget }) => setOnlyTroubled(currentTarget.checked)}
        />
      </div>
      <div className={classes.split}>
        <div className={classes.tree}>
          <div className={classes.columns} aria-hidden>
            <span>Name</span>
            <span>Health</span>
            <span>Why</span>
            <span>Ready</span>
            <span>Age</span>
          </div>
          {rows.length === 0 ? (
            <p className={classes.quiet}>Everything is healthy.</p>
          ) : (
            <VirtualList
              items={rows}
              keyOf={({ key }) => key}
              label="Workloads"
              kind="tree"
              rowHeight={rowHeightPx}
              selected={selected}
              onSelect={setSelected}
              onEscape={() => setSelected(undefined)}
              markOf={(row) => (row.kind === 'component' ? { level: 1, expanded: row.expanded } : { level: 2 })}
              onFold={(row, expanded) => {
                if (row.kind !== 'component') return
                setFolded((before) =>
                  expanded === 'yes'
                    ? new Set([...before].filter((id) => id !== row.key))
                    : new Set([...before, row.key]),
                )
              }}
              renderRow={(row) => (
                <Line
                  row={row}
                  onFold={() =>
                    setFolded((before) =>
                      before.has(row.key)
                        ? new Set([...before].filter((id) => id !== row.key))
                        : new Set([...before, row.key]),
                    )
                  }
                />
              )}
            />
          )}
        </div>
        <Side store={store} row={chosen} />
      </div>
    </>
  )
}

const isOther = (row: WorkloadRow) => row.kind === 'component' && row.component.id === otherId
const healthOf = (row: WorkloadRow): Health => (row.kind === 'component' ? row.component : row.object).health

function Counts({ known }: { readonly known: Known }) {
  return (
    <ul className={classes.counts} aria-label="Components by health">
      {worstFirst.map((health) => {
        const count = known.components.filter((component) => component.health === health).length
        if (count === 0) return null
        return (
          <li key={health}>
            <Status appearance={healthStatus[health]} label={`${count} ${healthStatus[health].label}`} />
          </li>
        )
      })}
      <li className={classes.quiet}>{counted(known.objects.size, 'object')}</li>
    </ul>
  )
}

function Line({ row, onFold }: { readonly row: WorkloadRow; readonly onFold: () => void }) {
  const now = useNow()
  if (row.kind === 'component') {
    const { title, health, reason, since } = row.component
    const Chevron = row.expanded ? IconChevronDown : IconChevronRight
    return (
      <div className={classes.line} data-kind="component">
        <span className={classes.name}>
          {/* The mouse's way to fold; the keyboard has the left and right arrows. */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the treeitem carries the role and the state */}
          <span
            className={classes.chevron}
            onClick={(event) => {
              event.stopPropagation()
              onFold()
            }}
          >
            <Chevron size={15} aria-hidden />
          </span>
          {title}
        </span>
        {isOther(row) ? <span /> : <Status appearance={healthStatus[health]} />}
        <span className={classes.why} title={reason}>
          {reason}
        </span>
        <span />
        <span className="numbers">{since !== undefined && age(since, now)}</span>
      </div>
    )
  }
  const { kind, name, health, reason, ready, total, createdAt, since } = row.object
  const from = since ?? createdAt
  return (
    <div className={classes.line} data-kind="object">
      <span className={classes.name} title={`${kind} ${name}`}>
        <span className={classes.kind}>{kind}</span> {name}
      </span>
      <Status appearance={healthStatus[health]} />
      <span className={classes.why} title={reason}>
        {reason}
      </span>
      <span className="numbers">{total !== undefined && `${ready ?? 0}/${total}`}</span>
      <span className="numbers">{from !== undefined && age(from, now)}</span>
    </div>
  )
}
