import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Detail } from './overview/attention.ts'

export const planeTabs = ['overview', 'install', 'connectivity', 'workloads', 'logs', 'activity', 'about'] as const

export type PlaneTab = (typeof planeTabs)[number]

export const isPlaneTab = (value: unknown): value is PlaneTab => planeTabs.some((tab) => tab === value)

/** The view that the window shows. Stored as state of the browser's history, not in the address. */
type Route =
  | { readonly view: 'home' }
  | { readonly view: 'new-plane' }
  | { readonly view: 'plane'; readonly planeId: string; readonly tab: PlaneTab; readonly detail?: Detail }
  | { readonly view: 'activity' }
  | { readonly view: 'profiles'; readonly name?: string }
  | { readonly view: 'settings' }

interface RouteState {
  readonly route: Route
  go(route: Route): void
  /** Closes the details: goes back to where they were opened, or replaces a place that was entered with them. */
  closeDetail(): void
}

export type RouteStore = StoreApi<RouteState>

const views: readonly unknown[] = ['home', 'new-plane', 'activity', 'profiles', 'settings']

function isRoute(value: unknown): value is Route {
  if (typeof value !== 'object' || value === null || !('view' in value)) return false
  if (value.view !== 'plane') return views.includes(value.view)
  if (!('planeId' in value) || typeof value.planeId !== 'string' || !('tab' in value)) return false
  if ('detail' in value && value.detail !== undefined && !isDetail(value.detail)) return false
  return isPlaneTab(value.tab)
}

function isDetail(value: unknown): value is Detail {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('id' in value)) return false
  return (value.kind === 'component' || value.kind === 'endpoint') && typeof value.id === 'string'
}

function routeIn(state: unknown): Route | undefined {
  if (typeof state !== 'object' || state === null || !('hangar' in state)) return undefined
  return isRoute(state.hangar) ? state.hangar : undefined
}

/** The state of the browser's history survives a reload and makes back and forward work. */
export function createRouteStore(): RouteStore {
  const store = createStore<RouteState>()((set, get) => ({
    route: routeIn(history.state) ?? { view: 'home' },
    go(route) {
      // A detail that replaces another needs no step back of its own.
      const before = get().route
      const replaces =
        'detail' in before && before.detail !== undefined && 'detail' in route && route.detail !== undefined
      if (replaces) history.replaceState({ ...history.state, hangar: route }, '')
      else history.pushState({ hangar: route, opened: 'detail' in route }, '')
      set({ route })
    },
    closeDetail() {
      const { route } = get()
      if (route.view !== 'plane' || route.detail === undefined) return
      if (history.state?.opened === true) return history.back()
      const { detail: _, ...closed } = route
      history.replaceState({ hangar: closed }, '')
      set({ route: closed })
    },
  }))
  // Every place has a state. One without is a fragment of the page, such as the link that skips the navigation: the view stays.
  history.replaceState({ ...history.state, hangar: store.getState().route }, '')
  addEventListener('popstate', ({ state }) => {
    const route = routeIn(state)
    if (route === undefined) history.replaceState({ hangar: store.getState().route }, '')
    else store.setState({ route })
  })
  return store
}
