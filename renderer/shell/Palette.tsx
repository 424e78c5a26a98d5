import '@mantine/spotlight/styles.css'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { failedEndpoints } from '../connectivity/matrix/matrix.ts'
import { t } from '../strings/t.ts'
import { IconSearch } from '../ui/icons.ts'
import { planeTabs } from './address.ts'
import { openConnectivity, type Session } from './session.ts'
import { useSession } from './sessionContext.ts'

const [store, spotlight] = createSpotlight()

export interface PaletteProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** Every view, and the actions that are available from each of them. */
export function Palette({ opened, onClose }: PaletteProps) {
  const session = useSession()
  const planes = useStore(session.planes, (state) => state.planes)
  const route = useStore(session.route, (state) => state.route)

  useEffect(() => {
    if (opened) spotlight.open()
    else spotlight.close()
  }, [opened])

  const planeViews: SpotlightActionData[] = (planes ?? []).flatMap(({ id, name }) =>
    planeTabs.map((tab) => ({
      id: `${id}/${tab}`,
      label: t('shell.palette.planeTab', { plane: name, tab: t(`shell.tab.${tab}`) }),
      onClick: () => session.route.getState().go({ view: 'plane', planeId: id, tab }),
    })),
  )
  return (
    <Spotlight
      store={store}
      actions={[...planeViews, ...commonViews(session), ...actions(session, route.view === 'plane')]}
      onSpotlightClose={onClose}
      // The frame handles the shortcut, so that the palette is loaded on first use.
      shortcut={null}
      nothingFound={t('shell.palette.empty')}
      highlightQuery
      limit={12}
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: t('shell.palette.title'),
        'aria-label': t('shell.palette.title'),
      }}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0 }}
      attributes={{ content: { 'aria-label': t('shell.palette.title') } }}
    />
  )
}

function commonViews({ route }: Session): SpotlightActionData[] {
  const { go } = route.getState()
  return [
    { id: 'new-plane', label: t('shell.installPlane'), onClick: () => go({ view: 'new-plane' }) },
    { id: 'check', label: t('shell.checkEndpoints'), onClick: () => go({ view: 'check' }) },
    { id: 'activity', label: t('shell.tab.activity'), onClick: () => go({ view: 'activity' }) },
    { id: 'profiles', label: t('shell.profiles'), onClick: () => go({ view: 'profiles' }) },
    { id: 'settings', label: t('shell.settings'), onClick: () => go({ view: 'settings' }) },
  ]
}

function actions(session: Session, atPlane: boolean): SpotlightActionData[] {
  const theme = (name: 'light' | 'dark' | 'system'): SpotlightActionData => ({
    id: `theme-${name}`,
    label: t(`shell.palette.theme.${name}`),
    onClick: () => void session.settings.getState().change({ theme: name }).then(session.notices.getState().show),
  })
  const atConnectivity = (id: string, label: string, run: (session: Session) => void): SpotlightActionData => ({
    id,
    label,
    onClick: () => {
      const { route } = session.route.getState()
      if (route.view !== 'plane') return
      openConnectivity(session, route.planeId)
      run(session)
    },
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
  const zone = (name: 'local' | 'utc'): SpotlightActionData => ({
    id: `times-${name}`,
    label: t(`shell.palette.times.${name}`),
    onClick: () => void session.settings.getState().change({ timeZone: name }).then(session.notices.getState().show),
  })
  const { status, lock } = session.vault.getState()
  const lockVault: SpotlightActionData = {
    id: 'lock-vault',
    label: t('shell.palette.lockVault'),
    onClick: () => void lock().then(session.notices.getState().show),
  }
  return [
    ...(atPlane ? checks : []),
    ...(status?.state === 'open' ? [lockVault] : []),
    theme('light'),
    theme('dark'),
    theme('system'),
    zone('local'),
    zone('utc'),
  ]
}
