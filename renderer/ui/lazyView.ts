import { type ComponentType, lazy } from 'react'

/** A network change (a VPN, a cluster that starts on this machine) interrupts a load once; a retry works. */
const maxAttempts = 4
const retryMs = 300

async function load<Module>(open: () => Promise<Module>): Promise<Module> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open()
    } catch (error) {
      if (attempt === maxAttempts) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs * attempt))
    }
  }
}

const waiting: (() => Promise<unknown>)[] = []

/** A view that is loaded when it is first shown, or when the window is idle. */
export function lazyView<Props>(open: () => Promise<ComponentType<Props>>) {
  let loading: Promise<{ default: ComponentType<Props> }> | undefined
  const once = () => {
    loading ??= load(open).then((view) => ({ default: view }))
    // A failure is not cached: the view loads again when it is shown.
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }
  waiting.push(once)
  return lazy(once)
}

/** Loads the other views one after another, so that opening them later needs no network. */
export async function loadTheRest(): Promise<void> {
  for (const open of waiting) await open().catch(() => undefined)
}
