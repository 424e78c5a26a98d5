// The plane's enforcer: takes events (revoked keys, throttling) from the event hub (AMQP 0-9-1).
import { readFileSync } from 'node:fs'
import { consumeAmqp091 } from './amqp091.mjs'
import { keepConnection, missing } from './connection.mjs'
import { serveHealth, setting } from './runtime.mjs'

const { EVENT_HUB_HOST, EVENT_HUB_PORT } = process.env
const secret = (key) => readFileSync(`${setting('ACCOUNT_FOLDER')}/${key}`, 'utf8').trim()

const connections = [
  keepConnection('event hub', `${EVENT_HUB_HOST}:${EVENT_HUB_PORT}`, (events) =>
    consumeAmqp091({
      host: EVENT_HUB_HOST,
      port: EVENT_HUB_PORT,
      ca: readFileSync(setting('SERVERS_CA_FILE')),
      username: secret('username'),
      password: secret('password'),
      exchange: setting('EXCHANGE'),
      ...events,
    }),
  ),
]
serveHealth({ ready: () => missing(connections), status: () => ({ connections }) })
