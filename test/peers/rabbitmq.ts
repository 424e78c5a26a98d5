import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Issued } from './authority.ts'
import { freePort, type Programs } from './program.ts'

const debianFolder = '/usr/lib/rabbitmq/lib'
const epmd = '/usr/bin/epmd'
const readyLimitMs = 120_000

/** The folder of an installed RabbitMQ with its AMQP 1.0 plugin; undefined: none. */
export const findRabbitmq = (): string | undefined => {
  if (!existsSync(debianFolder) || !existsSync(epmd)) return undefined
  return readdirSync(debianFolder)
    .filter((name) => name.startsWith('rabbitmq_server-'))
    .map((name) => join(debianFolder, name))
    .find((folder) => existsSync(join(folder, 'sbin', 'rabbitmq-server')))
}

/** RabbitMQ 3 needs a plugin for AMQP 1.0, RabbitMQ 4 does not. */
const pluginsFor = (home: string): string => {
  const names = readdirSync(join(home, 'plugins'))
  return names.some((name) => name.startsWith('rabbitmq_amqp1_0')) ? '[rabbitmq_amqp1_0].\n' : '[].\n'
}

/**
 * Starts a RabbitMQ that is separate from one of the system: its node name, cookie, data and ports
 * are its own. It serves AMQP 1.0 and 0-9-1 over TLS at the returned port of 127.0.0.1.
 */
export const startRabbitmq = async (
  home: string,
  { folder, tls, username, password }: { folder: string; tls: Issued; username: string; password: string },
  programs: Programs,
): Promise<number> => {
  await mkdir(join(folder, 'home'), { recursive: true })
  const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')]
  await writeFile(certificate, tls.certificate)
  await writeFile(key, tls.key, { mode: 0o600 })
  const [port, distribution, names] = [await freePort(), await freePort(), await freePort()]
  const settings = [
    'listeners.tcp = none',
    `listeners.ssl.1 = 127.0.0.1:${port}`,
    `ssl_options.certfile = ${certificate}`,
    `ssl_options.keyfile = ${key}`,
    'ssl_options.verify = verify_none',
    'ssl_options.fail_if_no_peer_cert = false',
    `default_user = ${username}`,
    `default_pass = ${password}`,
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    'vm_memory_high_watermark.absolute = 256MB',
    'disk_free_limit.absolute = 50MB',
  ]
  await writeFile(join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'enabled_plugins'), pluginsFor(home))

  // Erlang would start its name server as a daemon that never ends, so this one runs in the foreground.
  const environment = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(names),
  }
  const listen = ['-d', '-address', '127.0.0.1', '-port', String(names)]
  await programs.start(epmd, listen, { ready: /epmd running/, limitMs: 10_000, environment })
  await programs.start(join(home, 'sbin', 'rabbitmq-server'), [], {
    ready: /Server startup complete/,
    limitMs: readyLimitMs,
    folder,
    endsOn: 'TERM',
    environment: {
      ...environment,
      HOME: join(folder, 'home'),
      RABBITMQ_HOME: home,
      RABBITMQ_NODENAME: `hangar-${basename(folder)}-${process.pid}@localhost`,
      RABBITMQ_BASE: folder,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_DIST_PORT: String(distribution),
      // One scheduler and no busy waiting, to use little CPU.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none',
    },
  })
  return port
}
