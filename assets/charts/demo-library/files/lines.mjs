// What the two integrations write, line by line: the same seed and index always give the same line but for its time.
import { createHash } from 'node:crypto'

/** mulberry32: numbers in [0, 1) from a whole number. */
const random = (start) => {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const digest = (text) => createHash('sha1').update(text).digest('hex')

/** The correlation id of the index-th event, in the form of a UUID: something to search for. */
export const correlationId = (seed, index) => {
  const hex = digest(`${seed}:${index}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const pick = (next, list) => list[Math.floor(next() * list.length)]
const customers = ['Lakeside Books', 'Müller & Söhne', 'Café Zürich', 'Northwind', '東京商店', 'O\u2019Brien Ltd']
const skus = ['KX-1001', 'KX-1002', 'LM-2040', 'QR-7', 'ZT-990']

/** What happened: level, message and fields. One event in 40 fails, one in 12 warns, some are chatter for debugging. */
export const event = (seed, index) => {
  const next = random(Number.parseInt(digest(`${seed}/${index}`).slice(0, 8), 16))
  const order = `ORD-${10_000 + Math.floor(next() * 90_000)}`
  const sku = pick(next, skus)
  const customer = pick(next, customers)
  const tookMs = Math.floor(4 + next() * 180)
  const id = correlationId(seed, index)
  const kind = index % 40 === 39 ? 'ERROR' : index % 12 === 11 ? 'WARN' : index % 10 === 5 ? 'DEBUG' : 'INFO'
  return { index, id, order, sku, customer, tookMs, kind, quantity: 1 + Math.floor(next() * 9), turn: Math.floor(next() * 3) }
}

const messages = {
  INFO: ({ order, sku }) => [`Order received: ${order}`, `Stock reserved for ${sku}`, `Order ${order} sent to the warehouse`],
  WARN: ({ tookMs }) => [`Slow answer from the warehouse: ${tookMs + 2_000} ms`, 'Retrying the call to the warehouse', 'The cache of prices is stale'],
  DEBUG: ({ sku }) => [`Looking up ${sku}`, 'Payload matches its schema', 'Connection taken from the pool'],
  ERROR: ({ order }) => [`Order ${order} could not be sent`, `Payment of ${order} was refused`, 'The warehouse did not answer'],
}

/** toBalString: a string is quoted, with these six escapes. */
const quoted = (text) =>
  `"${text.replace(/[\\"\t\n\r]/g, (sign) => ({ '\\': '\\\\', '"': '\\"', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[sign])}"`
const ballerinaValue = (value) => (typeof value === 'string' ? quoted(value) : String(value))

const ballerinaError = (order) => ({
  causes: [
    {
      message: 'Connection refused: warehouse.internal:8443',
      detail: {},
      stackTrace: [{ callableName: 'send', moduleName: null, fileName: 'warehouse.bal', lineNumber: 88 }],
    },
  ],
  message: 'backend unavailable',
  detail: { order },
  stackTrace: [{ callableName: 'forward', moduleName: 'hangar.orders.0', fileName: 'orders.bal', lineNumber: 41 }],
})
/** Ballerina's own notation of a value: nil is `()`. */
const notation = (value) => {
  if (value === null) return '()'
  if (Array.isArray(value)) return `[${value.map(notation).join(',')}]`
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${notation(item)}`).join(',')}}`
  return JSON.stringify(value)
}

/** A Ballerina log record: keys in the order time, level, module, message, error, the rest. `format`: logfmt or json. */
export const ballerinaRecord = ({ at, level, module, message, error, fields = {} }, format) => {
  const time = at.toISOString()
  if (format === 'json') return JSON.stringify({ time, level, module, message, ...(error === undefined ? {} : { error }), ...fields })
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${ballerinaValue(value)}`)
  const failure = error === undefined ? '' : ` error=${notation(error)}`
  // The module stands bare unless it is empty.
  return `time=${time} level=${level} module=${module === '' ? '""' : module} message=${quoted(message)}${failure}${rest.join('')}`
}

export const ballerinaLine = ({ seed, index, at, module, format }) => {
  const drawn = event(seed, index)
  const { kind, order, id, customer, tookMs } = drawn
  return ballerinaRecord(
    {
      at,
      level: kind,
      module,
      message: messages[kind](drawn)[drawn.turn],
      error: kind === 'ERROR' ? ballerinaError(order) : undefined,
      fields: { orderId: order, customer, correlationId: id, tookMs },
    },
    format,
  )
}

const pad = (number, length = 2) => String(number).padStart(length, '0')
/** log4j2's %d: local time (here UTC) without a zone. */
const log4jTime = (at) =>
  `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())} ` +
  `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())},${pad(at.getUTCMilliseconds(), 3)}`

const stackTrace = (order) =>
  [
    `org.apache.synapse.SynapseException: Error while building the message of ${order}`,
    '\tat org.apache.synapse.mediators.AbstractMediator.handleException(AbstractMediator.java:385)',
    '\tat org.apache.synapse.mediators.builtin.CallMediator.mediate(CallMediator.java:214)',
    '\tat org.apache.synapse.mediators.base.SequenceMediator.mediate(SequenceMediator.java:261)',
    '\tat org.apache.synapse.rest.API.process(API.java:489)',
    '\tat java.base/java.lang.Thread.run(Thread.java:1583)',
    'Caused by: java.net.ConnectException: Connection refused (stock-db.internal:5432)',
    '\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)',
    '\tat java.base/java.net.Socket.connect(Socket.java:751)',
    '\t... 12 more',
    '',
  ].join('\n')

/** `[%d] %5p {%c{1}} - %m%ex`: an exception follows its message after a space, and ends with a line end of its own. */
export const microIntegratorRecord = ({ at, level, logger, message, trace }) =>
  `[${log4jTime(at)}] ${level.padStart(5)} {${logger}} - ${message}${trace === undefined ? '' : ` ${trace}`}`

export const microIntegratorLine = ({ seed, index, at }) => {
  const { kind, order, sku, quantity, id, turn } = event(seed, index)
  const api = '{api:StockAPI GET /stock/{sku}}'
  const candidates = {
    INFO: [
      ['LogMediator', `${api} To: /stock/${sku}, MessageID: urn:uuid:${id}, correlation_id: ${id}, Direction: request`],
      ['LogMediator', `{proxy:StockProxy} Quantity of ${sku} : ${quantity}, correlation_id: ${id}`],
      ['DependencyTracker', `Local entry : price-${sku} was added to the Synapse configuration successfully`],
    ],
    WARN: [
      ['TimeoutHandler', `Expiring message ID : urn:uuid:${id}; dropping message after ENDPOINT_TIMEOUT of : 30 seconds for Endpoint [stock-db]`],
      ['EndpointContext', `Endpoint : stock-db with address http://stock-db.internal:5432 will be marked SUSPENDED as it failed, correlation_id: ${id}`],
      ['PassThroughConnections', `Slow consumer on ${api}, correlation_id: ${id}`],
    ],
    DEBUG: [
      ['SequenceMediator', `Start : Sequence <in>, correlation_id: ${id}`],
      ['PropertyMediator', `Setting property : sku at scope : default to : ${sku}`],
      ['API', `Located specific API: StockAPI for processing message`],
    ],
    ERROR: [['CallMediator', `${api} Error while calling stock-db for ${order}, correlation_id: ${id}`]],
  }[kind]
  const [logger, message] = candidates[turn % candidates.length]
  return microIntegratorRecord({ at, level: kind, logger, message, trace: kind === 'ERROR' ? stackTrace(order) : undefined })
}
