import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { ProbePlan } from '../../plan/plan.ts'
import { sampleTarget } from '../../probe/sample.ts'
import type { Target } from '../../probe/target.ts'
import { evaluateAnswer, parseAnswer, shellResult, shellScript } from './shell.ts'

const target: Target = { ...sampleTarget, proxy: 'none' }
const plan: ProbePlan = { kind: 'probe', id: 'a', target, companions: [] }
const vantage = { kind: 'pod', name: 'plane' } as const

const proof = (stage: 'dns' | 'tcp', program: string, status: number, output: string): string => {
  const result = evaluateAnswer({ row: 0, stage, program, status, output }, 'remote.test')
  return result.kind === 'failed' ? result.cause : result.kind
}

describe('a check by a shell', () => {
  // Output of busybox 1.35 and 1.36, bind's nslookup, glibc's getent, bash 5, curl 8 and busybox's nc.
  it.each([
    ['dns', 'nslookup', 0, 'Server: 10.96.0.10 Address: 10.96.0.10:53 Name: remote.test Address: 10.1.1.1', 'open'],
    ['dns', 'nslookup', 1, "Server: 10.96.0.10 ** server can't find remote.test: NXDOMAIN", 'dns.nxdomain'],
    ['dns', 'nslookup', 1, "** server can't find remote.test.plane.svc.cluster.local: NXDOMAIN", 'open-question'],
    ['dns', 'nslookup', 1, ';; connection timed out; no servers could be reached', 'dns.timeout'],
    ['dns', 'nslookup', 1, "** server can't find remote.test: SERVFAIL", 'open-question'],
    ['dns', 'getent', 0, '10.1.1.1 remote.test', 'open'],
    ['dns', 'getent', 2, '', 'open-question'],
    ['tcp', 'nc', 0, '', 'open'],
    ['tcp', 'nc', 143, '', 'open'],
    ['tcp', 'nc', 1, "nc: can't connect to remote host (10.1.1.1): Connection refused", 'tcp.refused'],
    ['tcp', 'nc', 1, 'nc: timed out', 'tcp.timeout'],
    ['tcp', 'nc', 1, '', 'open-question'],
    ['tcp', 'nc', 1, "nc: bad address 'remote.test'", 'open-question'],
    ['tcp', 'bash', 0, 'connected', 'open'],
    [
      'tcp',
      'bash',
      1,
      'bash: connect: Connection refused bash: line 1: /dev/tcp/remote.test/443: Connection refused',
      'tcp.refused',
    ],
    ['tcp', 'bash', 124, '', 'open-question'],
    ['tcp', 'curl', 28, '* Connected to remote.test (10.1.1.1) port 443 * Operation timed out after 5000 ms', 'open'],
    ['tcp', 'curl', 28, '* Connection timed out after 4001 milliseconds', 'tcp.timeout'],
    ['tcp', 'curl', 7, '* connect to 10.1.1.1 port 443 failed: Connection refused', 'tcp.refused'],
    ['tcp', 'curl', 6, '* Could not resolve host: remote.test', 'open-question'],
  ] as const)('%s by %s with exit status %i and output "%s" proves %s', (stage, program, status, output, expected) => {
    expect(proof(stage, program, status, output)).toBe(expected)
  })

  it('never passes, because an open port does not prove which server answers', () => {
    const open = [
      { row: 0, stage: 'dns', program: 'getent', status: 0, output: '10.1.1.1 remote.test' },
      { row: 0, stage: 'tcp', program: 'bash', status: 0, output: 'connected' },
    ] as const
    expect(shellResult(plan, vantage, open, 'the pod x', '2026-03-01T10:00:00Z')).toMatchObject({
      verdict: 'unknown',
      cause: 'vantage.limited',
    })
    expect(shellResult(plan, vantage, [], 'the pod x', '2026-03-01T10:00:00Z')).toMatchObject({
      cause: 'vantage.limited',
    })
  })

  it.skipIf(process.platform === 'win32')(
    'quotes host names, so that none can inject a command into its script',
    () => {
      const hosts = ['127.0.0.1', "x'; echo hacked; '", '$(echo hacked)']
      const plans = hosts.map((host, index) => ({ ...plan, id: String(index), target: { ...target, host, port: 1 } }))
      const output = execFileSync('sh', ['-s'], {
        input: shellScript(plans, new Set(['bash', 'getent'])),
        encoding: 'utf8',
      })
      const answers = output.trim().split('\n').map(parseAnswer)
      expect(answers.at(-1)).toBe('end')
      expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(6)
      expect(output).not.toMatch(/^hacked/m)
      expect(
        answers.find((answer) => typeof answer === 'object' && answer.row === 0 && answer.stage === 'tcp'),
      ).toMatchObject({
        output: expect.stringContaining('refused'),
      })
    },
  )
})
