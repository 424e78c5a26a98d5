import { RPCHandler } from '@orpc/server/message-port'
import type { MessagePortMain } from 'electron'
import type { App } from '../app.ts'

/** The core as the desktop needs it: something to connect a window's port to, and to close. */
export interface Core {
  /** Serves the contract on a port. Calls that come before the core has started wait for it. */
  connect(port: MessagePortMain): void
  close(): Promise<void>
}

/** Starts the core without waiting for it; `failed` hears of a core that cannot start. */
export function startCore(start: () => Promise<App>, failed: (error: unknown) => void): Core {
  const starting = start()
  const handler = starting.then(({ router }) => new RPCHandler(router))
  handler.catch(failed)
  return {
    connect(port) {
      // What a page asks before the core is there would be lost: a port drops what nobody listens to.
      const early: { data: unknown }[] = []
      const keep = (event: { data: unknown }): void => {
        early.push(event)
      }
      port.on('message', keep)
      handler
        .then((ready) => {
          port.off('message', keep)
          ready.upgrade(port)
          for (const event of early) port.emit('message', event)
        })
        .catch(() => port.close())
    },
    async close() {
      const app = await starting.catch(() => undefined)
      await app?.close()
    },
  }
}
