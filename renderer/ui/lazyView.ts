import { type ComponentType, lazy } from 'react'

/** A change of network (a VPN, a cluster that starts on this machine) cuts a load once; the next one works. */
const tries = 4
const retryMs = 300

async function load<Module>(open: () => Promise<Module>): Promise<Module> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await open()
    } catch (error) {
      if (tried === tries) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs * tried))
    }
  }
}

const waiting: (() => Promise<unknown>)[] = []

/** A view that is loaded when it is first shown, or when the window has nothing better to do. */
export function lazyView<Props>(open: () => Promise<ComponentType<Props>>) {
  let loading: Promise<{ default: ComponentType<Props> }> | undefined
  const once = () => {
    loading ??= load(open).then((view) => ({ default: view }))
    // A failure is not kept: showing the view asks again.
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }
  waiting.push(once)
  return lazy(once)
}

/** Loads, one after another, what has not been shown yet, so that opening it later needs nothing but the page. */
export async function loadTheRest(): Promise<void> {
  for (const open of waiting) await open().catch(() => undefined)
}
