import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { reloadFailedStyles } from './failedStyles.ts'
import { LoadBoundary, ViewNotLoaded } from './LoadBoundary.tsx'

/** A network change (a VPN, a cluster that starts on this machine) interrupts a load once; a retry works. */
const maxAttempts = 4
const retryMs = 300

/** The module, with its styles. Throws ViewNotLoaded. */
async function load<Module>(open: () => Promise<Module>): Promise<Module> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const module = await open()
      if (await reloadFailedStyles()) return module
      throw new Error('A style sheet could not be loaded.')
    } catch (error) {
      if (attempt === maxAttempts) throw new ViewNotLoaded({ cause: error })
      await new Promise((resolve) => setTimeout(resolve, retryMs * attempt))
    }
  }
}

const waiting: (() => Promise<unknown>)[] = []

/**
 * A view that is loaded when it is first shown, or when the window is idle. Where that fails, a notice stands in its place,
 * with a button to try again.
 */
export function lazyView<Props extends object>(open: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  type Loaded = { default: ComponentType<Props> }
  let loading: Promise<Loaded> | undefined
  let View: LazyExoticComponent<ComponentType<Props>>
  const once = (): Promise<Loaded> => {
    loading ??= load(open).then((view) => ({ default: view }))
    // A failure is not cached: the view loads again when it is shown.
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }
  // React keeps a failure as long as the component.
  const renew = (): void => {
    View = lazy(once)
  }
  renew()
  waiting.push(once)
  // biome-ignore lint/correctness/noComponentHookFactories: made once for each view, not while rendering.
  return function LazyView(props: Props) {
    const show = () => {
      const Current = View as ComponentType<Props>
      return <Current {...props} />
    }
    return <LoadBoundary show={show} onRetry={renew} />
  }
}

/** Loads the other views one after another, so that opening them later needs no network. */
export async function loadTheRest(): Promise<void> {
  for (const open of waiting) await open().catch(() => undefined)
}
