import { Button, Menu, SegmentedControl, Select } from '@mantine/core'
import { Suspense, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import { t } from '../../strings/t.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { IconRefresh, IconStop } from '../../ui/icons.ts'
import { lazyView } from '../../ui/lazyView.tsx'
import { ProblemNotice } from '../../ui/Notice.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { NewMenu } from '../NewMenu.tsx'
import type { Session } from '../session.ts'
import { useSession } from '../sessionContext.ts'
import { AttentionList } from './AttentionList.tsx'
import { arrange, countsOf, type FleetPlane, labelKeys, readAtOpening } from './arrange.ts'
import classes from './Fleet.module.css'
import { FleetList } from './FleetList.tsx'
import type { PlaneActions } from './PlaneMenu.tsx'
import { type Grouping, isGrouping } from './shown.ts'
import { type StandingKind, standingKinds } from './standingKind.ts'
import { standingStatus } from './standingStatus.ts'

const EditPlane = lazyView(() => import('./EditPlane.tsx').then((file) => file.EditPlane))

const layouts = [
  { value: 'table', label: t('fleet.asTable') },
  { value: 'tiles', label: t('fleet.asTiles') },
]

/** The list below has the worst first, too: a short one needs no extract. */
const planesAtAGlance = 6

/** All planes on one page: what needs a person first, then each plane in a table or as a tile. */
export function FleetView({ planes: newest }: { readonly planes: readonly FleetPlane[] }) {
  const session = useSession()
  const problem = useStore(session.fleet, (state) => state.problem)
  const checking = useStore(session.fleet, (state) => state.checking)
  // A check changes many planes at once: the page stays ahead of them.
  const planes = useDeferredValue(newest)
  const { shown, change } = useStore(session.fleetShown)
  const [edited, setEdited] = useState<Plane>()
  const { kind, text, grouping, layout } = shown
  // Typing stays ahead of the list.
  const searched = useDeferredValue(text)
  const counts = useMemo(() => countsOf(planes), [planes])
  const groups = useMemo(() => arrange(planes, { kind, text: searched, grouping }), [planes, kind, searched, grouping])
  const listed = useMemo(() => groups.flatMap((group) => group.planes.map(({ plane }) => plane.id)), [groups])
  useReadAtOpening(planes)

  // The same object, so that rows that did not change are not rendered again.
  const actions = useMemo(() => actionsOf(session, setEdited), [session])
  return (
    <div className={classes.fleet}>
      <header className={classes.head}>
        <h1 className={classes.title}>{t('fleet.title')}</h1>
        <span className={classes.quiet}>{t('fleet.total', { count: planes.length })}</span>
        <div className={classes.headActions}>
          <CheckButton
            count={listed.length}
            checking={checking}
            onCheck={(connections) => checkPlanes(session, listed, connections)}
          />
          <NewMenu />
        </div>
      </header>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <fieldset className={classes.counts} aria-label={t('fleet.filters')}>
        {standingKinds.map((each) => (
          <CountTile
            key={each}
            kind={each}
            count={counts[each]}
            pressed={kind === each}
            onPress={() => change({ kind: kind === each ? undefined : each })}
          />
        ))}
      </fieldset>
      {planes.length > planesAtAGlance && <AttentionList planes={planes} onOpen={actions.open} />}
      <div className={classes.tools}>
        <SearchField
          className={classes.search}
          label={t('fleet.search')}
          placeholder={t('fleet.searchHint')}
          value={text}
          onChange={(next) => change({ text: next })}
        />
        <GroupingSelect planes={planes} value={grouping} onChange={(next) => change({ grouping: next })} />
        <SegmentedControl
          aria-label={t('fleet.view')}
          data={layouts}
          value={layout}
          onChange={(value) => change({ layout: value === 'tiles' ? 'tiles' : 'table' })}
        />
      </div>
      {listed.length === 0 ? (
        <EmptyState
          drawing="page"
          title={t('fleet.noMatch')}
          action={
            <Button variant="default" onClick={() => change({ kind: undefined, text: '' })}>
              {t('fleet.clear')}
            </Button>
          }
        >
          {t('fleet.noMatchAbout')}
        </EmptyState>
      ) : (
        <FleetList groups={groups} grouped={grouping !== 'none'} layout={layout} actions={actions} />
      )}
      <Suspense>
        {edited !== undefined && (
          <EditPlane plane={edited} store={session.planes} onClose={() => setEdited(undefined)} />
        )}
      </Suspense>
    </div>
  )
}

function checkPlanes({ fleet, notices }: Session, planeIds: readonly string[], connections: boolean): void {
  void fleet.getState().check(planeIds, connections).then(notices.getState().show)
}

function actionsOf(session: Session, edit: (plane: Plane) => void): PlaneActions {
  const { notices, planes, route } = session
  return {
    open: (planeId, place) => route.getState().go({ view: 'plane', planeId, ...place }),
    check: (planeId) => checkPlanes(session, [planeId], true),
    pin: (planeId, pinned) =>
      void planes
        .getState()
        .describe(planeId, { pinned })
        .then((outcome) => notices.getState().show(outcome.ok ? undefined : outcome.problem)),
    edit,
  }
}

/** Once for each opening of Home: what a check without a sign-in can tell. */
function useReadAtOpening(planes: readonly FleetPlane[]) {
  const session = useSession()
  const contexts = useStore(session.clusters, ({ list }) => list?.contexts)
  const known = useStore(session.fleet, ({ summaries }) => summaries !== undefined)
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (done || contexts === undefined || !known) return
    setDone(true)
    const planeIds = readAtOpening(planes, contexts, Date.now())
    const { check, checking } = session.fleet.getState()
    if (planeIds.length > 0 && checking === undefined) void check(planeIds, false).then(session.notices.getState().show)
  }, [done, contexts, known, planes, session])
}

interface CheckButtonProps {
  readonly count: number
  readonly checking: number | undefined
  readonly onCheck: (connections: boolean) => void
}

/** Of both texts, so that nothing beside it moves. */
const checkWidthPx = 148

function CheckButton({ count, checking, onCheck }: CheckButtonProps) {
  const { fleet } = useSession()
  if (checking !== undefined)
    return (
      <Button
        variant="default"
        miw={checkWidthPx}
        leftSection={<IconStop size={14} aria-hidden />}
        onClick={() => fleet.getState().stop()}
      >
        {t('fleet.checking')}
      </Button>
    )
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          miw={checkWidthPx}
          disabled={count === 0}
          leftSection={<IconRefresh size={14} aria-hidden />}
        >
          {t('fleet.check', { count })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onCheck(false)}>{t('fleet.checkHealth')}</Menu.Item>
        <Menu.Item onClick={() => onCheck(true)}>{t('fleet.checkConnections')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

interface CountTileProps {
  readonly kind: StandingKind
  readonly count: number
  readonly pressed: boolean
  readonly onPress: () => void
}

function CountTile({ kind, count, pressed, onPress }: CountTileProps) {
  const { icon: Icon, tone, label } = standingStatus[kind]
  return (
    <button
      type="button"
      className={classes.count}
      data-tone={count === 0 ? 'none' : tone}
      aria-pressed={pressed}
      onClick={onPress}
    >
      <span className={classes.countFigure}>{count}</span>
      <span className={classes.countName}>
        <Icon size={15} stroke={2} aria-hidden className={classes.icon} data-tone={count === 0 ? 'none' : tone} />
        {label}
      </span>
    </button>
  )
}

interface GroupingSelectProps {
  readonly planes: readonly FleetPlane[]
  readonly value: Grouping
  readonly onChange: (value: Grouping) => void
}

function GroupingSelect({ planes, value, onChange }: GroupingSelectProps) {
  const keys = labelKeys(planes).filter((key) => key !== 'region')
  return (
    <Select
      className={classes.grouping}
      aria-label={t('fleet.group')}
      allowDeselect={false}
      data={[
        { value: 'none', label: t('fleet.grouping.none') },
        { value: 'profile', label: t('fleet.grouping.profile') },
        { value: 'region', label: t('fleet.grouping.region') },
        ...keys.map((key) => ({ value: `label:${key}`, label: t('fleet.grouping.label', { key }) })),
      ]}
      value={value}
      onChange={(next) => {
        if (isGrouping(next)) onChange(next)
      }}
    />
  )
}
