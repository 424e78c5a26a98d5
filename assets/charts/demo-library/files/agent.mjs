// The plane's agent: one outbound WebSocket to the control plane, heartbeats over it, and a new one when it breaks.
import { readFileSync } from 'node:fs'
import { setInterval as every } from 'node:timers/promises'
import { askApi, inCluster } from './kubernetes.mjs'
import { keepTrying, log, serveHealth, setting } from './runtime.mjs'
import { openWebSocket } from './websocket.mjs'

const planeId = setting('PLANE_ID')
const host = setting('CONTROL_PLANE_HOST')
const port = Number(setting('CONTROL_PLANE_PORT'))
const certificateFolder = setting('CERTIFICATE_FOLDER')
const heartbeatMs = Number(setting('HEARTBEAT_SECONDS')) * 1_000
const namespace = process.env.PLANE_NAMESPACE ?? ''
// A firewall that drops the connection without a word shows itself only by the silence.
const longestSilence = Math.max(3 * heartbeatMs, 5_000)
const logEvery = 10

const state = {
  connected: false,
  connections: 0,
  lastHeartbeat: undefined,
  heartbeats: 0,
  lastError: undefined,
  kubernetes: undefined,
}

/** What the control plane is told about the cluster: its version, and how many workloads of the plane are ready. */
const inventory = async () => {
  if (!inCluster) return undefined
  try {
    const { gitVersion } = await askApi('GET', '/version')
    const { items } = await askApi('GET', `/apis/apps/v1/namespaces/${namespace}/deployments?limit=500`)
    const ready = items.filter(({ spec, status }) => (status.readyReplicas ?? 0) >= spec.replicas).length
    return { version: gitVersion, workloads: items.length, ready }
  } catch (error) {
    return { error: error.message }
  }
}

const connect = async (signal, up) => {
  const over = new AbortController()
  const socket = await openWebSocket({
    host,
    port,
    path: `/ws?planeType=dataplane&planeID=${encodeURIComponent(planeId)}`,
    ca: readFileSync(setting('SERVERS_CA_FILE')),
    // Read anew for each connection: a renewed certificate is used without a restart.
    cert: readFileSync(`${certificateFolder}/tls.crt`),
    key: readFileSync(`${certificateFolder}/tls.key`),
    signal,
    onMessage: (text) => {
      const message = JSON.parse(text)
      if (message.type !== 'heartbeat-ack') return
      state.lastHeartbeat = new Date().toISOString()
      state.heartbeats += 1
      if (state.heartbeats % logEvery === 1) log('INFO', 'heartbeat acknowledged', { planeID: planeId, sequence: message.sequence })
    },
  })
  up()
  state.connected = true
  state.connections += 1
  state.lastError = undefined
  log('INFO', 'connected to the control plane', { planeID: planeId, host, port })
  const beat = async (sequence) => {
    state.kubernetes = await inventory()
    socket.send(JSON.stringify({ type: 'heartbeat', sequence, at: new Date().toISOString(), kubernetes: state.kubernetes }))
  }
  const reason = socket.ended.then((why) => {
    over.abort()
    return why
  })
  const openedAt = Date.now()
  try {
    socket.send(JSON.stringify({ type: 'hello', planeId, heartbeatMs }))
    let sequence = 1
    await beat(sequence)
    for await (const _ of every(heartbeatMs, undefined, { signal: AbortSignal.any([over.signal, signal]) })) {
      const heard = state.lastHeartbeat === undefined ? openedAt : Math.max(openedAt, Date.parse(state.lastHeartbeat))
      if (Date.now() - heard > longestSilence) {
        socket.close()
        throw new Error(`no heartbeat acknowledged for ${longestSilence} ms`)
      }
      sequence += 1
      await beat(sequence)
    }
  } catch (error) {
    if (error.name !== 'AbortError') throw error
    if (!signal.aborted) throw new Error(await reason)
  } finally {
    state.connected = false
  }
}

serveHealth({
  ready: () => (state.connected ? undefined : `not connected to the control plane: ${state.lastError ?? 'connecting'}`),
  status: () => ({ planeId, controlPlane: `wss://${host}:${port}`, ...state }),
})
await keepTrying('connection to the control plane', (signal, up) =>
  connect(signal, up).catch((error) => {
    state.lastError = error.message
    throw error
  }),
)
