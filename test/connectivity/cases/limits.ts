import { join } from 'node:path'
import { serveNames } from '../servers/dns.ts'
import { json, servePage } from '../servers/http.ts'
import { name, serve } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

const needs = ['unresponsive'] as const

/** A good server, and a check that can open this number of files. */
const withFiles =
  (filesLeft: number, row: EndpointFields = { host: '127.0.0.1', serverName: name }) =>
  async (): Promise<Setup> => ({
    row: { port: (await servePage(json({}))).port, ...row },
    inside: ['prlimit', '--nofile=96:96', '--'],
    filesLeft,
  })

const stall = join(import.meta.dirname, '../servers/stall.ts')
/** The same check in a process that does not run most of the time. */
const starved = (setUp: Setup): Setup => ({
  ...setUp,
  inside: ['env', `NODE_OPTIONS=--disable-warning=ExperimentalWarning --import=${stall}`],
})

/** Resources of this machine that are exhausted. The server is good in all of these cases. */
export const limits: readonly Case[] = [
  fault('local.sockets', 'a machine without free file descriptors', withFiles(0), {
    needs,
    works: true,
    near: ['tcp.unreachable'],
  }),
  fault('local.sockets', 'a machine without free file descriptors, before the name is resolved', withFiles(0, {}), {
    needs,
    works: true,
    near: ['dns.unreachable', 'dns.timeout'],
  }),
  fine(['local.sockets'], 'a machine with a dozen free file descriptors', withFiles(12, {}), { needs }),

  fault(
    'local.starved',
    'a machine that is too busy to wait for a DNS server',
    async () => starved({ row: {}, resolver: (await serveNames(() => 'silence')).address }),
    { needs: ['env'], near: ['dns.timeout'] },
  ),
  fault(
    'local.starved',
    'a machine that is too busy to wait for a service',
    async () => starved({ row: { port: (await serve(() => undefined)).port } }),
    { needs: ['env'], near: ['tls.stalled'] },
  ),
  fine(
    ['local.starved', 'dns.timeout', 'tls.stalled'],
    'a busy machine, and a service that answers',
    async () => starved({ row: { port: (await servePage(json({}))).port } }),
    { needs: ['env'] },
  ),
]
