/** What one session may have open at a time, over all of its sockets. A window has one socket, about five calls, and ten streams. */
const limits = { window: 32, call: 64, stream: 128 } as const

type Kind = keyof typeof limits

export interface CallLimits {
  /** Counts one more; call the result when it has ended. Undefined at the limit. */
  open(kind: Kind): (() => void) | undefined
}

export function createCallLimits(): CallLimits {
  const counts = { window: 0, call: 0, stream: 0 }
  return {
    open(kind) {
      if (counts[kind] >= limits[kind]) return undefined
      counts[kind] += 1
      let isOpen = true
      return () => {
        if (isOpen) counts[kind] -= 1
        isOpen = false
      }
    },
  }
}
