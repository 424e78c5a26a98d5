import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
import { type Case, fault, fine, type Given, type Scene } from './case.ts'

const needs = ['deaf'] as const

/** A good far end, and a check that has so many files left to open. */
const withFiles =
  (filesLeft: number, row: Given = { host: '127.0.0.1', serverName: name }) =>
  async (): Promise<Scene> => ({
    row: { port: (await servePage(json({}))).port, ...row },
    inside: ['prlimit', '--nofile=96:96', '--'],
    filesLeft,
  })

/** What this machine itself runs out of. The far end is well in all of them. */
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
