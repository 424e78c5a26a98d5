import { demoId, paymentsId } from '../fake-backend/planes.ts'

/** A page of the gallery: its address without the theme. */
export interface Entry {
  readonly group: string
  readonly name: string
  readonly path: string
}

const view = (group: string, name: string, route: object, scene = 'usual'): Entry => ({
  group,
  name,
  path: `/renderer/index.html?${new URLSearchParams({ scene, route: JSON.stringify(route) })}`,
})

const plane = (tab: string, planeId = demoId) => ({ view: 'plane', planeId, tab })

/** Scenes are those of the fake backend. */
export const entries: readonly Entry[] = [
  { group: 'Components', name: 'all', path: '/test/window/gallery/components.html?' },
  view('Home', 'usual', { view: 'home' }),
  view('Home', 'empty', { view: 'home' }, 'empty'),
  view('Home', 'vault locked', { view: 'home' }, 'locked'),
  view('Home', 'vault without a passphrase', { view: 'home' }, 'no-passphrase'),
  view('Home', '100 planes', { view: 'home' }, 'fleet'),
  view('Home', 'signed out', { view: 'home' }, 'signed-out'),
  view('Overview', 'usual', plane('overview')),
  view('Overview', 'an endpoint', { ...plane('overview'), detail: { kind: 'endpoint', id: 'event-hub' } }),
  view('Overview', 'a component', { ...plane('overview'), detail: { kind: 'component', id: 'agent' } }),
  view('Overview', 'certificate refused', plane('overview'), 'untrusted'),
  view('Overview', 'uninstalled', plane('overview'), 'uninstalled'),
  view('Overview', 'stale', plane('overview'), 'stale'),
  view('Overview', 'nothing installed', plane('overview', paymentsId)),
  view('Install', 'usual', plane('install', paymentsId)),
  view('Install', 'running', plane('install', paymentsId), 'running'),
  view('Install', 'failed', plane('install', paymentsId), 'failed'),
  view('Install', 'blocked', plane('install', paymentsId), 'blocked'),
  view('Install', 'missing permissions', plane('install', paymentsId), 'permissions'),
  view('Install', 'new plane', { view: 'new-plane' }),
  view('Overview', 'sign-in not allowed', plane('overview', paymentsId), 'consent'),
  view('Overview', 'profile changed', plane('overview'), 'profile-changed'),
  view('Connectivity', 'usual', plane('connectivity')),
  view('Connectivity', 'never checked', plane('connectivity', paymentsId)),
  view('Connectivity', 'many nodes', plane('connectivity'), 'nodes'),
  view('Connectivity', 'large', plane('connectivity'), 'large'),
  view('Connectivity', 'vantages refused', plane('connectivity'), 'refused'),
  view('Connectivity', 'watched', plane('connectivity'), 'watched'),
  view('Connectivity', 'old run', plane('connectivity'), 'old'),
  view('Connectivity', 'unreadable', plane('connectivity'), 'unreadable'),
  view('Workloads', 'usual', plane('workloads')),
  view('Workloads', 'stale', plane('workloads'), 'stale'),
  view('Workloads', 'empty', plane('workloads', paymentsId)),
  view('Logs', 'usual', plane('logs')),
  view('Logs', 'stale', plane('logs'), 'stale'),
  view('Logs', 'empty', plane('logs', paymentsId)),
  view('Activity', 'all planes', { view: 'activity' }),
  view('Activity', 'one plane, failed', plane('activity', paymentsId), 'failed'),
  view('Profiles', 'usual', { view: 'profiles' }),
  view('Settings', 'usual', { view: 'settings' }),
]
