import '@mantine/spotlight/styles.css'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { placeOf } from '../activity/entryPlace.ts'
import { type ActivityFilter, kinds, noActivityFilter, outcomes } from '../activity/filter.ts'
import { titleOf } from '../activity/texts.ts'
import { failedEndpoints } from '../connectivity/matrix/matrix.ts'
import type { HelpSection } from '../help/search.ts'
import { keepForLong, recallForLong } from '../lib/keep.ts'
import { age } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { IconSearch } from '../ui/icons.ts'
import { noWorkloadFilter } from '../workloads/shown.ts'
import classes from './Palette.module.css'
import { foundEntries, type PaletteEntry } from './paletteEntries.ts'
import { placeOfEntry } from './placeOfEntry.ts'
import { viewsOf } from './planeTabs.ts'
import { openConnectivity, type Session } from './session.ts'
import { useSession } from './sessionContext.ts'

const [store, spotlight] = createSpotlight()

export interface PaletteProps {
  readonly opened: boolean
  /** The frame has it, so that it gets what is typed before the palette is loaded. */
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly onShortcuts: () => void
  readonly onClose: () => void
}

const isIds = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
const rememberedEntries = 8
/** Of the timeline, which can have thousands. */
const offeredEntries = 300

/** Every place of the window, and the actions that are available: by any of their words, in any order. */
export function Palette({ opened, query, onQuery, onShortcuts, onClose }: PaletteProps) {
  const [recent, setRecent] = useState(() => recallForLong('palette', isIds) ?? [])
  const entries = useEntries(opened, onShortcuts)
  const found = useMemo(() => foundEntries(entries, query, recent), [entries, query, recent])

  useEffect(() => {
    if (opened) spotlight.open()
    else spotlight.close()
  }, [opened])

  const choose = ({ id, run }: PaletteEntry) => {
    const used = [id, ...recent.filter((each) => each !== id)].slice(0, rememberedEntries)
    setRecent(used)
    keepForLong('palette', used)
    run()
  }
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={onQuery}
      // The frame clears it: what is typed while the palette opens would be lost.
      clearQueryOnClose={false}
      onSpotlightClose={onClose}
      // The frame handles the shortcut, so that the palette is loaded on first use.
      shortcut={null}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0 }}
      attributes={{ content: { 'aria-label': t('shell.palette.title'), 'data-palette': '' } }}
    >
      <Spotlight.Search
        leftSection={<IconSearch size={16} aria-hidden />}
        placeholder={t('shell.palette.title')}
        aria-label={t('shell.palette.title')}
      />
      <p className="hidden" role="status">
        {t('shell.palette.found', { count: found.length })}
      </p>
      <Spotlight.ActionsList>
        {found.map((entry) => (
          <Spotlight.Action key={entry.id} onClick={() => choose(entry)}>
            <span className={classes.label}>{entry.label}</span>
            <span className={classes.detail}>{entry.detail}</span>
          </Spotlight.Action>
        ))}
        {found.length === 0 && <Spotlight.Empty>{t('shell.palette.empty')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function useEntries(opened: boolean, onShortcuts: () => void): readonly PaletteEntry[] {
  const session = useSession()
  const route = useStore(session.route, (state) => state.route)
  const planes = useStore(session.planes, (state) => state.planes)
  const help = useHelpSections(opened)
  const planeId = route.view === 'plane' ? route.planeId : undefined
  return useMemo(() => {
    if (!opened) return []
    const views = (planes ?? []).flatMap((plane) => planeEntries(session, plane))
    const ofPlane = planeId === undefined ? [] : partEntries(session, planeId)
    return [
      ...views.filter(({ onlyFound }) => onlyFound !== true),
      ...commonViews(session),
      ...actions(session, planeId !== undefined, onShortcuts),
      ...views.filter(({ onlyFound }) => onlyFound === true),
      ...ofPlane,
      ...activityEntries(session, planes ?? []),
      ...help.map((section) => helpEntry(session, section)),
    ]
  }, [opened, planes, planeId, help, session, onShortcuts])
}

const noSections: readonly HelpSection[] = []

/** The pages of the help are large: they are loaded when the palette is opened. */
function useHelpSections(opened: boolean): readonly HelpSection[] {
  const [sections, setSections] = useState(noSections)
  useEffect(() => {
    if (!opened || sections.length > 0) return
    void import('../help/sections.ts').then(
      (file) => setSections(file.helpSections),
      () => undefined,
    )
  }, [opened, sections])
  return sections
}

/** The plane itself, and each of its views. */
function planeEntries(session: Session, plane: Plane): PaletteEntry[] {
  const { id: planeId, name } = plane
  const { go } = session.route.getState()
  return [
    {
      id: planeId,
      label: name,
      detail: t('shell.palette.detail.plane'),
      run: () => go({ view: 'plane', planeId, tab: 'overview' }),
    },
    ...viewsOf(plane).map((tab) => ({
      id: `${planeId}/${tab}`,
      label: t('shell.palette.planeTab', { plane: name, tab: t(`shell.tab.${tab}`) }),
      detail: t('shell.palette.detail.planeView'),
      onlyFound: true,
      run: () => go({ view: 'plane', planeId, tab }),
    })),
  ]
}

/** Components, endpoints, pods and saved searches of the plane that the window shows: the data of no other is loaded. */
function partEntries(session: Session, planeId: string): PaletteEntry[] {
  const { go } = session.route.getState()
  const { snapshot, planeId: watched } = session.workloads.getState()
  const { rows, planeId: checked } = session.connectivity.getState()
  const { searches, planeId: searched } = session.logs.getState()
  const shown = watched === planeId ? snapshot : undefined
  const details = (kind: 'component' | 'endpoint', id: string) => () =>
    go({ view: 'plane', planeId, tab: 'overview', detail: { kind, id } })
  return [
    ...(shown?.components ?? []).map(({ id, title }) => ({
      id: `${planeId}/component/${id}`,
      label: title,
      detail: t('shell.palette.detail.component'),
      onlyFound: true,
      run: details('component', id),
    })),
    ...(searched === planeId ? searches : []).map(({ id, name, text, levels, sources, range, order }) => ({
      id: `${planeId}/search/${id}`,
      label: name,
      detail: t('shell.palette.detail.search'),
      onlyFound: true,
      run: () => go({ view: 'plane', planeId, tab: 'logs', filter: { text, levels, sources, range, order } }),
    })),
    ...(checked === planeId ? (rows ?? []) : []).map(({ id, title, host }) => ({
      id: `${planeId}/endpoint/${id}`,
      label: title,
      detail: t('shell.palette.detail.endpoint', { host }),
      onlyFound: true,
      run: details('endpoint', id),
    })),
    ...[...(shown?.objects.values() ?? [])]
      .filter(({ kind }) => kind === 'Pod')
      .map(({ uid, name, namespace = '' }) => ({
        id: `${planeId}/pod/${uid}`,
        label: name,
        detail: t('shell.palette.detail.pod', { namespace }),
        onlyFound: true,
        run: () => go({ view: 'plane', planeId, tab: 'workloads', object: uid, filter: noWorkloadFilter }),
      })),
  ]
}

/** The timeline by kind and by outcome, and those of its entries that the window has. */
function activityEntries({ route, activity }: Session, planes: readonly Plane[]): PaletteEntry[] {
  const { go } = route.getState()
  const names = new Map(planes.map(({ id, name }) => [id, name]))
  const filtered = (id: string, name: string, filter: Partial<ActivityFilter>): PaletteEntry => ({
    id: `activity/${id}`,
    label: t('shell.palette.activity', { name }),
    detail: t('shell.palette.detail.activity'),
    onlyFound: true,
    run: () => go({ view: 'activity', filter: { ...noActivityFilter, ...filter } }),
  })
  return [
    ...kinds.map((kind) => filtered(kind, t(`activity.kind.${kind}`), { kinds: [kind] })),
    ...outcomes.map((outcome) => filtered(outcome, t(`activity.outcome.${outcome}`), { outcomes: [outcome] })),
    ...(activity.getState().entries ?? []).slice(0, offeredEntries).flatMap((entry): PaletteEntry[] => {
      const place = placeOf(entry, names)
      if (place === undefined) return []
      const plane = names.get(entry.planeId ?? '')
      const ago = age(entry.at, Date.now())
      return [
        {
          id: `activity/${entry.id}`,
          label: titleOf(entry),
          detail:
            plane === undefined
              ? t('shell.palette.detail.entry', { ago })
              : t('shell.palette.detail.entryOfPlane', { plane, ago }),
          onlyFound: true,
          run: () => go(placeOfEntry(place)),
        },
      ]
    }),
  ]
}

const helpEntry = ({ route }: Session, { page, pageTitle, anchor, title }: HelpSection): PaletteEntry => ({
  id: `help/${page}/${anchor ?? ''}`,
  label: title,
  detail: t('shell.palette.detail.help', { page: pageTitle }),
  onlyFound: true,
  run: () => route.getState().go({ view: 'help', page, ...(anchor !== undefined && { section: anchor }) }),
})

function commonViews({ route }: Session): PaletteEntry[] {
  const { go } = route.getState()
  const view = (id: string, label: string, run: () => void): PaletteEntry => ({
    id,
    label,
    detail: t('shell.palette.detail.view'),
    run,
  })
  return [
    view('home', t('shell.homeLink'), () => go({ view: 'home' })),
    view('new-plane', t('shell.installPlane'), () => go({ view: 'new-plane' })),
    view('check-endpoints', t('shell.checkEndpoints'), () => go({ view: 'check' })),
    view('activity', t('shell.tab.activity'), () => go({ view: 'activity' })),
    view('profiles', t('shell.profiles'), () => go({ view: 'profiles' })),
    view('settings', t('shell.settings'), () => go({ view: 'settings' })),
    view('help', t('help.title'), () => go({ view: 'help' })),
  ]
}

function actions(session: Session, atPlane: boolean, onShortcuts: () => void): PaletteEntry[] {
  const { show } = session.notices.getState()
  const { change } = session.settings.getState()
  const action = (id: string, label: string, run: () => void): PaletteEntry => ({
    id,
    label,
    detail: t('shell.palette.detail.action'),
    run,
  })
  const atConnectivity = (id: string, label: string, run: (session: Session) => void) =>
    action(id, label, () => {
      const { route } = session.route.getState()
      if (route.view !== 'plane') return
      openConnectivity(session, route.planeId)
      run(session)
    })
  const { running, matrix } = session.connectivity.getState()
  const checks = [
    ...(running
      ? [atConnectivity('check-stop', t('shell.palette.stopChecking'), (at) => at.connectivity.getState().stop())]
      : [
          atConnectivity('check', t('shell.palette.check'), (at) => void at.connectivity.getState().run()),
          ...(failedEndpoints(matrix).length > 0
            ? [
                atConnectivity(
                  'check-failed',
                  t('shell.palette.recheckFailed'),
                  (at) => void at.connectivity.getState().runFailed(),
                ),
              ]
            : []),
        ]),
    atConnectivity('check-history', t('shell.palette.earlierRuns'), (at) => void at.history.getState().list()),
  ]
  const { status, lock } = session.vault.getState()
  return [
    ...(atPlane ? checks : []),
    ...(status?.state === 'open'
      ? [action('lock-vault', t('shell.palette.lockVault'), () => void lock().then(show))]
      : []),
    ...(['light', 'dark', 'system'] as const).map((theme) =>
      action(`theme-${theme}`, t(`shell.palette.theme.${theme}`), () => void change({ theme }).then(show)),
    ),
    ...(['local', 'utc'] as const).map((timeZone) =>
      action(`times-${timeZone}`, t(`shell.palette.times.${timeZone}`), () => void change({ timeZone }).then(show)),
    ),
    action('shortcuts', t('shell.palette.shortcuts'), onShortcuts),
  ]
}
