import { describe, expect, it } from 'vitest'
import { newPlace } from './place.ts'
import { faultsAgainst } from './schema.ts'

const rows = {
  endpoints: [
    { id: 'git', component: 'flux', host: 'api.github.com', protocol: 'git' },
    { id: 'bus', component: 'adaptor', host: 'bus.far.test', protocol: 'amqp1', clientProfile: { proxy: 'none' } },
  ],
}

describe('hangar proxy', () => {
  it('shows how each kind of program reads the settings, as a table and as its schema says', async () => {
    const place = await newPlace({
      HTTPS_PROXY: 'http://petra:geheim42@proxy.test:3128',
      NO_PROXY: 'github.com,10.0.0.0/8',
    })
    const file = await place.file('rows.yaml', rows)
    const shown = await place.run('proxy', '--endpoints', file)
    expect(shown.code).toBe(0)
    expect(shown.stdout).toMatch(/git +yes +directly +proxy +directly +directly +read differently/)
    expect(shown.stdout).toMatch(/bus +no +proxy/)
    expect(shown.stderr).toContain('10.0.0.0/8 is a range')
    expect(shown.stderr).toContain('.cluster.local is missing')

    const printed = await place.run('proxy', '--endpoints', file, '--output', 'json')
    const view = JSON.parse(printed.stdout)
    expect(view).toMatchObject({ source: 'the environment of this computer', httpsProxy: 'http://proxy.test:3128' })
    expect(await faultsAgainst(place, 'proxy', view)).toEqual([])
    expect(shown.stdout + shown.stderr + printed.stdout).not.toMatch(/petra|geheim42/)
  })

  it('takes a proxy that is named, and says so where there is none', async () => {
    const place = await newPlace()
    const file = await place.file('rows.yaml', rows)
    const none = await place.run('proxy', '--endpoints', file)
    expect([none.code, none.stdout]).toEqual([0, ''])
    expect(none.stderr).toContain('No proxy is set')
    const named = await place.run('proxy', '--endpoints', file, '--proxy', 'proxy.test:3128')
    expect(named.stderr).toContain('From --proxy: HTTPS_PROXY proxy.test:3128')
  })

  it('asks about a profile with its settings, and needs to be told about what', async () => {
    const place = await newPlace({ HTTPS_PROXY: 'http://proxy.test:3128' })
    const openchoreo = await place.run('proxy', '--profile', 'openchoreo', '--output', 'json')
    expect(JSON.parse(openchoreo.stdout).rows.map(({ endpoint }: { endpoint: string }) => endpoint)).toContain('git')
    expect(await place.run('proxy')).toMatchObject({ code: 2 })
    expect(await place.run('proxy', '--plane', 'nothing')).toMatchObject({ code: 2 })
  })
})
