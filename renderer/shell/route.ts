import { createStore, type StoreApi } from 'zustand/vanilla'
import { asksToLeave } from '../lib/leaving.ts'
import { type Place, parseAddress, printAddress } from './address.ts'

interface RouteState {
  readonly route: Place
  /** Counts the arrivals by an address: at the start, by Back and Forward, by typing. The views then show that very place. */
  readonly arrivals: number
  /** Did the address of the last arrival name more than exists? */
  readonly incomplete: boolean
  /** Opens a place. What it leaves open is taken from the views. */
  go(place: Place): void
  /** Writes the state of the views into the address. `step`: Back leads to the state before. */
  follow(place: Place, as: 'step' | 'same'): void
  /** Closes the details: goes back to where they were opened, or replaces a place that was entered with them. */
  closeDetail(): void
}

export type RouteStore = StoreApi<RouteState>

/**
 * The place is in the fragment of the address: browsers send it to no server, so that names and queries are in no request,
 * log or Referer header.
 */
const inFragment = (place: Place): string => `#${printAddress(place)}`

/** An address without a fragment is the home view. */
const current = (): string => (location.hash === '' ? '#/' : location.hash)

const isAddress = (fragment: string): boolean => fragment === '' || fragment.startsWith('#/')

/** The address survives a reload and makes Back and Forward work. `complete` adds what a place leaves open. */
export function createRouteStore(complete: (place: Place) => Place = (place) => place): RouteStore {
  const store = createStore<RouteState>()((set, get) => ({
    ...arrival(),
    arrivals: 1,
    go(place) {
      if (asksToLeave(() => get().go(place))) return
      const route = complete(place)
      // A detail that replaces another needs no step back of its own.
      const replaces = hasDetail(get().route) && hasDetail(route)
      if (replaces) history.replaceState(history.state, '', inFragment(route))
      else if (inFragment(route) !== current()) {
        history.pushState({ opened: hasDetail(route) }, '', inFragment(route))
      }
      set({ route })
    },
    follow(route, as) {
      if (inFragment(route) === current()) return
      if (as === 'step') history.pushState(null, '', inFragment(route))
      else history.replaceState(history.state, '', inFragment(route))
      set({ route })
    },
    closeDetail() {
      const { route } = get()
      if (!hasDetail(route)) return
      if (history.state?.opened === true) return history.back()
      const { detail: _, ...closed } = route
      get().follow(closed, 'same')
    },
  }))
  if (inFragment(store.getState().route) !== current()) {
    history.replaceState(history.state, '', inFragment(store.getState().route))
  }
  addEventListener('popstate', () => {
    if (isAddress(location.hash)) {
      // Until the user has answered, the address is that of what is shown.
      if (asksToLeave(() => history.back())) history.pushState(null, '', inFragment(store.getState().route))
      else store.setState(({ arrivals }) => ({ ...arrival(), arrivals: arrivals + 1 }))
    }
    // The link that skips the navigation names a part of the page: the place stays. The token of a new sign-in is no place.
    else if (document.getElementById(location.hash.slice(1)) !== null)
      history.replaceState(null, '', inFragment(store.getState().route))
  })
  return store
}

const hasDetail = (place: Place): place is Extract<Place, { readonly tab: 'overview' | 'connectivity' }> =>
  place.view === 'plane' && (place.tab === 'overview' || place.tab === 'connectivity') && place.detail !== undefined

function arrival(): Pick<RouteState, 'route' | 'incomplete'> {
  const { place, complete } = parseAddress(isAddress(location.hash) ? location.hash.slice(1) : '')
  return { route: place, incomplete: !complete }
}
