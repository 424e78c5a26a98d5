import '@mantine/spotlight/styles.css'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { failedEndpoints } from '../connectivity/matrix/matrix.ts'
import { IconSearch } from '../ui/icons.ts'
import { planeTabs } from './route.ts'
import { openConnectivity, type Session } from './session.ts'
import { useSession } from './sessionContext.ts'

const [store, spotlight] = createSpotlight()

export interface PaletteProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** Everywhere one can go, and the few things that can be done from anywhere. */
export function Palette({ opened, onClose }: PaletteProps) {
  const session = useSession()
  const planes = useStore(session.planes, (state) => state.planes)
  const route = useStore(session.route, (state) => state.route)

  useEffect(() => {
    if (opened) spotlight.open()
    else spotlight.close()
  }, [opened])

  const places: SpotlightActionData[] = (planes ?? []).flatMap(({ id, name }) =>
    planeTabs.map((tab) => ({
      id: `${id}/${tab.id}`,
      label: `${name}: ${tab.title}`,
      onClick: () => session.route.getState().go({ view: 'plane', planeId: id, tab: tab.id }),
    })),
  )
  return (
    <Spotlight
      store={store}
      actions={[...places, ...fixedPlaces(session), ...deeds(session, route.view === 'plane')]}
      onSpotlightClose={onClose}
      // The frame hears the keys, so that the palette is loaded only when it is first asked for.
      shortcut={null}
      nothingFound="Nothing of that name"
      highlightQuery
      limit={12}
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: 'Go to, or do',
        'aria-label': 'Go to, or do',
      }}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0 }}
      attributes={{ content: { 'aria-label': 'Go to, or do' } }}
    />
  )
}

function fixedPlaces({ route }: Session): SpotlightActionData[] {
  const { go } = route.getState()
  return [
    { id: 'new-plane', label: 'Install a plane', onClick: () => go({ view: 'new-plane' }) },
    { id: 'activity', label: 'Activity', onClick: () => go({ view: 'activity' }) },
    { id: 'profiles', label: 'Profiles', onClick: () => go({ view: 'profiles' }) },
    { id: 'settings', label: 'Settings', onClick: () => go({ view: 'settings' }) },
  ]
}

function deeds(session: Session, atPlane: boolean): SpotlightActionData[] {
  const theme = (name: 'light' | 'dark' | 'system', label: string): SpotlightActionData => ({
    id: `theme-${name}`,
    label,
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
      ? [atConnectivity('check-stop', 'Stop checking connectivity', (at) => at.connectivity.getState().stop())]
      : [
          atConnectivity('check', 'Check connectivity of this plane', (at) => void at.connectivity.getState().run()),
          ...(failedEndpoints(matrix).length > 0
            ? [
                atConnectivity(
                  'check-failed',
                  'Check failed connections again',
                  (at) => void at.connectivity.getState().runFailed(),
                ),
              ]
            : []),
        ]),
    atConnectivity('check-history', 'Earlier checks of connectivity', (at) => void at.history.getState().list()),
  ]
  return [
    ...(atPlane ? checks : []),
    theme('light', 'Theme: light'),
    theme('dark', 'Theme: dark'),
    theme('system', 'Theme: as the system'),
  ]
}
