import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { readKubeconfigText } from './kubeconfig-text.ts'

describe('readKubeconfigText', () => {
  it('gives each entry its line, in block and in flow style', () => {
    const block = 'clusters:\n- name: a\n  cluster: {}\n- name: b\n  cluster: {}\n'
    const flow = 'users: []\nclusters: [\n  {name: a, cluster: {}},\n\n  {name: b, cluster: {}}]\n'
    const json = '{\n"current-context": "a",\n"clusters": [\n{"name": "a"}, {"name": "b"}]}'
    const lines = (text: string) => readKubeconfigText(text).clusters.map(({ name, line }) => `${name} ${line}`)

    expect([lines(block), lines(flow), lines(json)]).toEqual([
      ['a 2', 'b 4'],
      ['a 3', 'b 5'],
      ['a 4', 'b 4'],
    ])
  })

  it('merges an anchor that another entry defines, as kubectl does', () => {
    const text = 'users:\n- name: a\n  user: &a\n    token: x\n- name: b\n  user:\n    <<: *a\n    username: jo\n'

    expect(readKubeconfigText(text).users[1]?.body).toEqual({ name: 'b', user: { token: 'x', username: 'jo' } })
  })

  it.each([
    ['an alias bomb', `clusters:\n- &a [x,x,x,x,x,x,x,x,x,x]\n${bomb(8)}`],
    ['a value that contains itself', 'clusters:\n- &a [*a]\n'],
    ['20,000 levels of nesting', `clusters: ${'['.repeat(20_000)}`],
    ['a tag', 'clusters: !!js/function x\n'],
  ])('reports a fault for %s within a second', (_case, text) => {
    const cpuMs = startCpuTime()
    const { clusters, faults } = readKubeconfigText(text)

    expect(faults.length + clusters.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(0)
    expect(cpuMs()).toBeLessThan(1_000)
  })

  it.each([
    ['a second document', '---\nusers: [{name: b}]\n'],
    ['a second document that is not YAML', '---\n{{{\n'],
    ['words after the end of the document', '...\n{{{\n'],
  ])('reads the first document of a text with %s, as client-go does', (_case, rest) => {
    for (const start of ['', '---\n', '# a\n---\n']) {
      const { users, faults } = readKubeconfigText(`${start}users:\n- name: a\n${rest}`)
      expect([users.map(({ name }) => name), faults]).toEqual([['a'], []])
    }
  })

  it('counts a list that is written as another than a plain key', () => {
    const { users, clusters } = readKubeconfigText('"users":\n- name: a\nclusters : [{name: b}]\n')

    expect([users.length, clusters.length]).toEqual([1, 1])
  })

  it('with more signs than any kubeconfig needs is refused before it is parsed', () => {
    const keys = Array.from({ length: 130_000 }, (_none, index) => `k${index}: 1`).join(', ')
    const { users, faults } = readKubeconfigText(`users: [{name: a, user: {${keys}}}]`)

    expect([users, faults]).toEqual([[], [{ message: 'The file has too many entries for a kubeconfig.' }]])
  })

  it('does not quote a text that it cannot parse', () => {
    const { faults, users } = readKubeconfigText('users:\n- name: a\n  user: {token: *CANARY}\n- name: "CANARY\n')

    expect(JSON.stringify([faults, users.map(({ fault }) => fault)])).not.toContain('CANARY')
  })
})

function bomb(levels: number): string {
  const names = 'abcdefghijkl'
  return Array.from({ length: levels }, (_none, index) => {
    const item = `*${names[index]}`
    return `- &${names[index + 1]} [${Array(10).fill(item).join(',')}]\n`
  }).join('')
}
