// Stands for an integration on WSO2 Micro Integrator: serves its stock, and logs as the runtime's log4j2 console does.
import { createServer } from 'node:http'
import { correlationId, microIntegratorLine, microIntegratorRecord } from './lines.mjs'
import { answer, serveHealth, setting, stopping } from './runtime.mjs'
import { writeSteadily } from './write.mjs'

const seed = Number(setting('SEED'))
const port = Number(setting('PORT'))

const write = process.stdout.write.bind(process.stdout)
// The runtime's own log would not be Micro Integrator's.
process.stdout.write = () => true
const writeLine = (line) => write(`${line}\n`)
writeLine(microIntegratorRecord({ at: new Date(), level: 'INFO', logger: 'StartupFinalizer', message: 'WSO2 Micro Integrator started in 4.2 seconds' }))
const state = writeSteadily(Number(setting('LINES_PER_SECOND')), (index, at) => writeLine(microIntegratorLine({ seed, index, at })))

let served = 0
const server = createServer((request, response) => {
  const route = /^\/stock(?:\/([\w-]{1,40}))?$/.exec(request.url ?? '')
  const id = request.headers['x-correlation-id'] ?? correlationId(seed, -1 - served)
  served += 1
  const message = `{api:StockAPI ${request.method} ${request.url}} correlation_id: ${id}, Direction: ${route === null ? 'response, ERROR_CODE = 404' : 'request'}`
  writeLine(microIntegratorRecord({ at: new Date(), level: route === null ? 'WARN' : 'INFO', logger: 'LogMediator', message }))
  if (route === null) return answer(response, 404, { message: 'no such resource' })
  return answer(response, 200, { sku: route[1] ?? 'KX-1001', quantity: 7, correlationId: id })
})
server.listen(port)
stopping.addEventListener('abort', () => server.close())
serveHealth({ ready: () => (server.listening ? undefined : 'the listener is not open'), status: () => ({ lines: state.written, served }) })
