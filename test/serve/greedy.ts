import { parentPort, workerData } from 'node:worker_threads'
import { WebSocket } from 'ws'

/**
 * A window that opens many streams at once, in a thread of its own, so that its work does not delay what the test measures.
 * `workerData`: `port`, `key`, `count`. Posts the status and the error of each answer, in one message.
 */
const { port, key, count } = workerData
const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { origin: `http://127.0.0.1:${port}` } })
const answers: { status: number; error: unknown }[] = []
socket.once('open', () => socket.send(JSON.stringify({ key })))
socket.once('message', () => {
  socket.on('message', (data) => {
    const { t, p } = JSON.parse(String(data))
    if (t !== undefined) return // an event of a stream
    answers.push({ status: p.s ?? 200, error: p.b?.json })
    if (answers.length === count) parentPort?.postMessage(answers)
  })
  for (let id = 1; id <= count; id += 1) socket.send(JSON.stringify({ i: String(id), p: { u: '/operations/watch' } }))
})
