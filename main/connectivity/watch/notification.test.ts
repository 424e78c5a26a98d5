import { describe, expect, it } from 'vitest'
import { compare } from '../history/compare.ts'
import { node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { notificationOf } from './notification.ts'

const titles = { agent: 'Control plane', broker: 'Event hub', registry: 'Registry', vault: 'Secret store' }
const changes = (before: Parameters<typeof sampleReport>[0], after: Parameters<typeof sampleReport>[0]) =>
  compare(sampleReport(before), sampleReport(after)).changes

describe('a notification of changes', () => {
  it('names the plane, the endpoint, the vantage and the change', () => {
    const broke = changes([row('agent', 'pass', '', node)], [row('agent', 'fail', 'tls.intercepted', node)])

    expect(notificationOf('production', titles, broke)).toEqual({
      title: 'production: Control plane broke',
      body: 'From node worker-1: passed, now fails: tls.intercepted.',
    })
  })

  it('counts several changes, the worst first, and lists the first three', () => {
    const several = changes(
      [row('registry', 'fail', 'tcp.timeout'), row('agent'), row('broker'), row('vault', 'unknown', 'config.missing')],
      [row('registry'), row('agent', 'fail', 'tcp.reset'), row('broker', 'fail', 'tcp.timeout'), row('vault')],
    )

    expect(notificationOf('production', titles, several)).toEqual({
      title: 'production: 2 connections broke, 1 is better, 1 recovered',
      body: [
        'Control plane, from this computer: passed, now fails: tcp.reset.',
        'Event hub, from this computer: passed, now fails: tcp.timeout.',
        'Secret store, from this computer: was unknown: config.missing, now passes.',
        'And 1 more.',
      ].join('\n'),
    })
  })

  it('limits its length and contains no control characters and no credentials', () => {
    const broke = changes([row('agent')], [row('agent', 'fail', 'tcp.reset')])

    const { title } = notificationOf(`plane\u0007 https://user:canary@host/ ${'x'.repeat(500)}`, titles, broke)

    expect(title.length).toBeLessThan(100)
    expect(title).not.toMatch(/canary|\u0007/)
    expect(title).toContain('Control plane broke')
  })

  it('contains no markup: a desktop would show a link or an image of the profile’s author', () => {
    const broke = changes([row('agent')], [row('agent', 'fail', 'tcp.reset')])
    const { title, body } = notificationOf('<b>plane', { agent: '<a href="https://evil.example">Fix' }, [
      ...broke,
      ...broke,
    ])

    expect(`${title}${body}`).not.toMatch(/[<>]/)
    expect(body).toContain('‹a href')
  })

  it('names an endpoint without a title by its id', () => {
    const recovered = changes([row('other', 'fail', 'x')], [row('other')])

    expect(notificationOf('production', titles, recovered).title).toBe('production: other recovered')
  })
})
