import { createStore, type StoreApi } from 'zustand/vanilla'

export const planeTabs = ['overview', 'install', 'connectivity', 'workloads', 'logs', 'activity'] as const

export type PlaneTab = (typeof planeTabs)[number]

export const isPlaneTab = (value: unknown): value is PlaneTab => planeTabs.some((tab) => tab === value)

/** The view that the window shows. Stored as state of the browser's history, not in the address. */
type Route =
  | { readonly view: 'home' }
  | { readonly view: 'new-plane' }
  | { readonly view: 'plane'; readonly planeId: string; readonly tab: PlaneTab }
  | { readonly view: 'activity' }
  | { readonly view: 'profiles'; readonly name?: string }
  | { readonly view: 'settings' }

interface RouteState {
  readonly route: Route
  go(route: Route): void
}

export type RouteStore = StoreApi<RouteState>

const views: readonly unknown[] = ['home', 'new-plane', 'activity', 'profiles', 'settings']

function isRoute(value: unknown): value is Route {
  if (typeof value !== 'object' || value === null || !('view' in value)) return false
  if (value.view !== 'plane') return views.includes(value.view)
  if (!('planeId' in value) || typeof value.planeId !== 'string' || !('tab' in value)) return false
  return isPlaneTab(value.tab)
}

function routeIn(state: unknown): Route | undefined {
  if (typeof state !== 'object' || state === null || !('hangar' in state)) return undefined
  return isRoute(state.hangar) ? state.hangar : undefined
}

/** The state of the browser's history survives a reload and makes back and forward work. */
export function createRouteStore(): RouteStore {
  const store = createStore<RouteState>()((set) => ({
    route: routeIn(history.state) ?? { view: 'home' },
    go(route) {
      history.pushState({ hangar: route }, '')
      set({ route })
    },
  }))
  addEventListener('popstate', ({ state }) => store.setState({ route: routeIn(state) ?? { view: 'home' } }))
  return store
}
