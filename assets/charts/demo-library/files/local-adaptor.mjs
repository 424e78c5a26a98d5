// The plane's local adaptor: takes APIs from the global adaptor (gRPC) and notices from the service bus (AMQP 1.0).
import { readFileSync } from 'node:fs'
import { receiveAmqp1 } from './amqp1.mjs'
import { keepConnection, missing } from './connection.mjs'
import { watchGrpc } from './grpc.mjs'
import { serveHealth, setting } from './runtime.mjs'

const { GLOBAL_ADAPTOR_HOST, GLOBAL_ADAPTOR_PORT, SERVICE_BUS_HOST, SERVICE_BUS_PORT } = process.env
const ca = () => readFileSync(setting('SERVERS_CA_FILE'))
const secret = (folder, key) => readFileSync(`${setting(folder)}/${key}`, 'utf8')

const connections = [
  keepConnection('global adaptor', `${GLOBAL_ADAPTOR_HOST}:${GLOBAL_ADAPTOR_PORT}`, (events) =>
    watchGrpc({
      host: GLOBAL_ADAPTOR_HOST,
      port: GLOBAL_ADAPTOR_PORT,
      ca: ca(),
      cert: secret('CERTIFICATE_FOLDER', 'tls.crt'),
      key: secret('CERTIFICATE_FOLDER', 'tls.key'),
      path: '/hangar.adaptor.v1.GlobalAdaptor/Watch',
      text: setting('PLANE_ID'),
      ...events,
    }),
  ),
  keepConnection('service bus', `${SERVICE_BUS_HOST}:${SERVICE_BUS_PORT}`, (events) =>
    receiveAmqp1({
      host: SERVICE_BUS_HOST,
      port: SERVICE_BUS_PORT,
      ca: ca(),
      username: secret('ACCOUNT_FOLDER', 'username').trim(),
      password: secret('ACCOUNT_FOLDER', 'password').trim(),
      address: `/queue/${setting('QUEUE')}`,
      ...events,
    }),
  ),
]
serveHealth({ ready: () => missing(connections), status: () => ({ connections }) })
