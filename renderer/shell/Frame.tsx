import { Suspense, useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import { planeById } from '../planes/store.ts'
import { t } from '../strings/t.ts'
import { lazyView } from '../ui/lazyView.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { followFocus } from '../ui/useFocusReturn.ts'
import { reportActivity } from '../vault/activity.ts'
import type { PlanePlace } from './address.ts'
import { Banners } from './Banners.tsx'
import classes from './Frame.module.css'
import { Home } from './Home.tsx'
import { Navigation } from './Navigation.tsx'
import { Notices } from './Notices.tsx'
import { placeOfEntry } from './placeOfEntry.ts'
import { tabsOf, viewsOf } from './planeTabs.ts'
import type { Session } from './session.ts'
import { useSession } from './sessionContext.ts'
import { useShortcuts } from './shortcuts.ts'
import { startPlane } from './startPlane.ts'
import { useTypedAhead } from './typedAhead.ts'

const ActivityView = lazyView(() => import('../activity/ActivityView.tsx').then((file) => file.ActivityView))
const Palette = lazyView(() => import('./Palette.tsx').then((file) => file.Palette))
const Shortcuts = lazyView(() => import('./Shortcuts.tsx').then((file) => file.Shortcuts))
const UnlockDialog = lazyView(() => import('../vault/UnlockDialog.tsx').then((file) => file.UnlockDialog))
const ProfileChangeDialog = lazyView(() =>
  import('../planes/ProfileChangeDialog.tsx').then((file) => file.ProfileChangeDialog),
)
const ConsentDialog = lazyView(() => import('../trust/ConsentDialog.tsx').then((file) => file.ConsentDialog))
const PlaneView = lazyView(() => import('./PlaneView.tsx').then((file) => file.PlaneView))
const NewPlane = lazyView(() => import('./NewPlane.tsx').then((file) => file.NewPlane))
const ConnectView = lazyView(() => import('./connect/ConnectView.tsx').then((file) => file.ConnectView))
const CheckView = lazyView(() => import('./check/CheckView.tsx').then((file) => file.CheckView))
const ProfilesView = lazyView(() => import('../profiles/ProfilesView.tsx').then((file) => file.ProfilesView))
const HelpView = lazyView(() => import('../help/HelpView.tsx').then((file) => file.HelpView))
const SettingsView = lazyView(() => import('../settings/SettingsView.tsx').then((file) => file.SettingsView))

/** Navigation at the left, the view beside it; notices and dialogs above both. */
export function Frame() {
  const session = useSession()
  const vaultDialogOpen = useStore(session.vault, (state) => state.dialogOpen)
  const reviewsProfile = useStore(session.profileChange, ({ reviewing }) => reviewing)
  const asksConsent = useStore(session.trust, ({ question }) => question !== undefined)
  const [palette, setPalette] = useState<'never' | 'closed' | 'open'>('never')
  const [query, setQuery] = useState('')
  const [listsShortcuts, setListsShortcuts] = useState(false)
  const openPalette = () => {
    setQuery('')
    setPalette('open')
  }
  const showShortcuts = useCallback(() => setListsShortcuts(true), [])
  useTypedAhead(palette === 'open', setQuery)
  useShortcuts({
    palette: () => (palette === 'open' ? setPalette('closed') : openPalette()),
    search: () => document.querySelector<HTMLElement>('#view [data-search]')?.focus(),
    tab: (key) => openTab(session, Number(key)),
    back: () => history.back(),
    forward: () => history.forward(),
    list: showShortcuts,
  })

  useEffect(() => reportActivity(session.link.client), [session])
  useEffect(followFocus, [])

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#view">
        {t('shell.skip')}
      </a>
      <Navigation onPalette={openPalette} />
      <div className={classes.side}>
        <Banners />
        <main id="view" className={classes.view} tabIndex={-1}>
          <Suspense fallback={<Loading what={t('shell.loading.view')} />}>
            <CurrentView />
          </Suspense>
        </main>
      </div>
      <Notices />
      <Suspense>
        {palette !== 'never' && (
          <Palette
            opened={palette === 'open'}
            query={query}
            onQuery={setQuery}
            onShortcuts={showShortcuts}
            onClose={() => setPalette('closed')}
          />
        )}
        {listsShortcuts && <Shortcuts onClose={() => setListsShortcuts(false)} />}
        {reviewsProfile && <ProfileChangeDialog store={session.profileChange} />}
        {asksConsent && <ConsentDialog store={session.trust} />}
        {vaultDialogOpen && <UnlockDialog store={session.vault} />}
      </Suspense>
    </div>
  )
}

/** `number`: of the tab, from 1. */
function openTab({ route, planes }: Session, number: number): void {
  const { route: place, go } = route.getState()
  if (place.view !== 'plane') return
  const { planeId } = place
  const plane = planeById(planeId)(planes.getState())
  const tab = plane && tabsOf(plane)[number - 1]
  if (tab !== undefined) go({ view: 'plane', planeId, tab })
}

function CurrentView() {
  const session = useSession()
  const { route, go } = useStore(session.route)
  const planes = useStore(session.planes, (state) => state.planes)
  const plane = useStore(session.planes, planeById(route.view === 'plane' ? route.planeId : undefined))

  switch (route.view) {
    case 'plane':
      if (plane !== undefined) {
        const place: PlanePlace = viewsOf(plane).includes(route.tab)
          ? route
          : { view: 'plane', planeId: plane.id, tab: 'overview' }
        return <PlaneView key={plane.id} plane={plane} place={place} />
      }
      return planes === undefined || route.planeId === recordedPlaneId ? (
        <Loading what={t('shell.loading.plane')} />
      ) : (
        <Home />
      )
    case 'new-plane':
      return <NewPlane />
    case 'connect':
      return <ConnectView />
    case 'check':
      return <CheckView />
    case 'activity':
      return (
        <ActivityView
          store={session.activity}
          operations={session.operations}
          planes={planes ?? []}
          onProblem={session.notices.getState().show}
          item={route.item}
          onItem={(item) => go({ view: 'activity', item })}
          onOpen={(entry) => go(placeOfEntry(entry))}
          onUninstall={(planeId) => go({ view: 'plane', planeId, tab: 'install' })}
        />
      )
    case 'profiles':
      return (
        <ProfilesView
          store={session.profiles}
          drafts={session.vendorDrafts}
          clusters={session.clusters}
          trust={session.trust}
          selected={route.name}
          fromFiles={route.fromFiles === true}
          kit={
            route.fromKit === true
              ? {
                  client: session.link.client,
                  planes: planes ?? [],
                  onInstall: (name) => startPlane(session, name),
                }
              : undefined
          }
          onFromKit={() => go({ view: 'profiles', fromKit: true })}
          onSelect={(name) => go(name === undefined ? { view: 'profiles' } : { view: 'profiles', name })}
          onFromFiles={(name) => go({ view: 'profiles', ...(name !== undefined && { name }), fromFiles: true })}
        />
      )
    case 'settings':
      return (
        <SettingsView
          store={session.settings}
          vault={session.vault}
          clusters={session.clusters}
          trust={session.trust}
          section={route.section}
          text={route.text ?? ''}
          onSearch={(text) => session.route.getState().follow({ view: 'settings', text }, 'same')}
        />
      )
    case 'help':
      return <HelpView page={route.page} section={route.section} />
    case 'home':
      return <Home />
  }
}
