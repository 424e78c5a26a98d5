// What is known of one connection, for the health port and the log.
import { keepTrying, log } from './runtime.mjs'

/** Keeps `open({onOpen, onMessage, signal})` going; gives what is known of it. */
export const keepConnection = (name, address, open) => {
  const state = { name, address, connected: false, connections: 0, messages: 0, lastMessageAt: undefined, lastError: undefined }
  keepTrying(name, async (signal, up) => {
    try {
      await open({
        signal,
        onOpen: () => {
          up()
          Object.assign(state, { connected: true, connections: state.connections + 1, lastError: undefined })
          log('INFO', 'connected', { to: name, address })
        },
        onMessage: () => {
          state.messages += 1
          state.lastMessageAt = new Date().toISOString()
        },
      })
    } catch (error) {
      state.lastError = error.message
      throw error
    } finally {
      state.connected = false
    }
  })
  return state
}

/** Why not all of them stand; undefined when they do. */
export const missing = (connections) => {
  const down = connections.filter(({ connected }) => !connected)
  return down.length === 0 ? undefined : down.map(({ name, lastError }) => `no connection to the ${name}: ${lastError ?? 'connecting'}`).join('; ')
}
