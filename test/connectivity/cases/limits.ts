import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

const needs = ['unresponsive'] as const

/** A good server, and a check that has so many files left to open. */
const withFiles =
  (filesLeft: number, row: EndpointFields = { host: '127.0.0.1', serverName: name }) =>
  async (): Promise<Setup> => ({
    row: { port: (await servePage(json({}))).port, ...row },
    inside: ['prlimit', '--nofile=96:96', '--'],
    filesLeft,
  })

/** What this machine itself runs out of. The server is well in all of them. */
export const limits: readonly Case[] = [
  fault('local.sockets', 'a machine with no file left to open', withFiles(0), {
    needs,
    works: true,
    near: ['tcp.unreachable'],
  }),
  fault('local.sockets', 'a machine with no file left, before the name is looked up', withFiles(0, {}), {
    needs,
    works: true,
    near: ['dns.unreachable', 'dns.timeout'],
  }),
  fine(['local.sockets'], 'a machine with a dozen files left', withFiles(12, {}), { needs }),
]
