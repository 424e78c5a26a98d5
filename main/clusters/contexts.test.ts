import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ContextList } from '../../preload/contract/clusters.ts'
import { decodeYaml } from '../../preload/decode-yaml.ts'
import { makeCertificates } from '../../test/clusters/certificates.ts'
import { readKubeconfig } from '../lib/kubernetes/kubeconfig.ts'
import { contextId, findContexts } from './contexts.ts'

const corpus = join(import.meta.dirname, '../../test/corpus/kubeconfig')

/** The expected result of each case. `problem` is a part of the message. Only the fields of a context that are given are compared. */
const Expected = z.strictObject({
  /** Files in their order of precedence; default: `config`. */
  order: z.array(z.string()).default(['config']),
  contexts: z.array(
    z.strictObject({
      name: z.string(),
      server: z.string(),
      authentication: z.string(),
      namespace: z.string().optional(),
      proxy: z.string().optional(),
      current: z.boolean().default(false),
      problem: z.string().optional(),
    }),
  ),
  problems: z.array(z.string()),
  /** Relative paths in the files. They are expected to be resolved against the folder of their file. */
  paths: z.array(z.string()).default([]),
})

const cases = readdirSync(corpus).map((name) => {
  const folder = join(corpus, name)
  const expected = Expected.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')))
  const texts = expected.order.map((file) => ({
    file: join(folder, file),
    text: decodeYaml(readFileSync(join(folder, file))) ?? '',
  }))
  return { name, folder, expected, texts }
})

describe('findContexts on the corpus', () => {
  it.each(cases)('finds the contexts of $name', ({ folder, expected, texts }) => {
    const { contexts, problems } = findContexts([{ texts }])

    expect(contexts.map(({ name }) => name)).toEqual(expected.contexts.map(({ name }) => name))
    for (const [index, { problem, ...expectedContext }] of expected.contexts.entries()) {
      const { problem: actualProblem, ...context } = contexts[index] ?? {}
      expect(context).toMatchObject(expectedContext)
      expect(actualProblem?.message ?? '').toContain(problem ?? '')
      expect(actualProblem === undefined).toBe(problem === undefined)
    }
    expect(problems).toHaveLength(expected.problems.length)
    for (const [index, part] of expected.problems.entries()) expect(problems[index]?.message).toContain(part)
    const paths = JSON.stringify(readKubeconfig(texts))
    for (const path of expected.paths) expect(paths).toContain(JSON.stringify(join(folder, path)))
    ContextList.parse({ contexts, problems, readAt: new Date().toISOString() })
  })

  it('shows no secret of any file', () => {
    expect(cases.filter(({ texts }) => texts.some(({ text }) => text.includes('CANARY'))).length).toBeGreaterThan(20)

    for (const { texts } of cases) {
      const { contexts, problems } = findContexts([{ texts }])
      const shown = JSON.stringify({ contexts, problems })
      expect(shown).not.toContain('CANARY')
      expect(shown).not.toContain(Buffer.from('CANARY').toString('base64').slice(0, 7))
    }
  })

  it('gives each context a unique id that is the same when read again', () => {
    for (const { texts } of cases) {
      const ids = findContexts([{ texts }]).contexts.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(findContexts([{ texts }]).contexts.map(({ id }) => id)).toEqual(ids)
    }
  })
})

const file = (name: string, contexts: readonly string[], current = '') => ({
  file: join(dirname('/kube/x'), name),
  text: `current-context: ${current}\nclusters:\n- cluster:\n    server: https://${name}.test\n  name: c\ncontexts:\n${contexts
    .map((context) => `- context:\n    cluster: c\n    user: ""\n  name: ${context}\n`)
    .join('')}`,
})

describe('findContexts with several groups', () => {
  it('does not merge separate configurations, and has one current context', () => {
    const { contexts } = findContexts([{ texts: [file('a', ['x'], 'x')] }, { texts: [file('b', ['x'], 'x')] }])

    expect(contexts.map(({ server, current, problem }) => ({ server, current, problem }))).toEqual([
      { server: 'https://a.test', current: true, problem: undefined },
      { server: 'https://b.test', current: false, problem: undefined },
    ])
  })

  it('names a context by its file and name', () => {
    expect(contextId('/a', 'x')).not.toBe(contextId('/b', 'x'))
    expect(contextId('/a', 'x')).not.toBe(contextId('/a', 'y'))
    expect(contextId('/a', 'x')).toMatch(/^[\w-]{22}$/)
  })

  // 300 ms is the goal on an idle machine. CPU time, as a busy machine stretches the clock's; some room, as it slows that too.
  it('reads 2,000 contexts with their certificates in a fraction of a second of CPU time', async () => {
    const { cert, key } = (await makeCertificates()).client
    const text = largeKubeconfig(2_000, cert, key)
    const started = process.cpuUsage()

    const { contexts } = findContexts([{ texts: [{ file: '/kube/config', text }] }])

    const { user } = process.cpuUsage(started)
    expect(contexts.filter(({ problem }) => problem === undefined)).toHaveLength(2_000)
    expect(user / 1_000).toBeLessThan(1_000)
  })
})

function largeKubeconfig(count: number, certificate: string, key: string): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  // As long as one with an RSA key, which a person's kubeconfig most often has.
  const pem = base64(`${certificate}${'#'.repeat(500)}\n`)
  const each = (entry: (index: number) => string) =>
    Array.from({ length: count }, (_none, index) => entry(index)).join('')
  return [
    'apiVersion: v1\nkind: Config\ncurrent-context: context-7\nclusters:\n',
    each(
      (i) => `- cluster:\n    certificate-authority-data: ${pem}\n    server: https://c${i}.test:6443\n  name: c${i}\n`,
    ),
    'contexts:\n',
    each((i) => `- context:\n    cluster: c${i}\n    namespace: default\n    user: u${i}\n  name: context-${i}\n`),
    'users:\n',
    each((i) => `- name: u${i}\n  user:\n    client-certificate-data: ${pem}\n    client-key-data: ${base64(key)}\n`),
  ].join('')
}
