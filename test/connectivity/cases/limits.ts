import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
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
]
