import { describe, expect, it } from 'vitest'
import { createSandbox } from './sandbox.ts'
import { faultsAgainst } from './schema.ts'

const rows = {
  endpoints: [
    { id: 'git', component: 'flux', host: 'api.github.com', protocol: 'git' },
    { id: 'bus', component: 'adaptor', host: 'bus.far.test', protocol: 'amqp1', clientProfile: { proxy: 'none' } },
  ],
}

describe('hangar proxy', () => {
  it('shows how each kind of program reads the settings, as a table and as JSON that matches its schema', async () => {
    const sandbox = await createSandbox({
      HTTPS_PROXY: 'http://petra:geheim42@proxy.test:3128',
      NO_PROXY: 'github.com,10.0.0.0/8',
    })
    const file = await sandbox.file('rows.yaml', rows)
    const table = await sandbox.run('proxy', '--endpoints', file)
    expect(table.code).toBe(0)
    expect(table.stdout).toMatch(/git +yes +directly +proxy +directly +directly +read differently/)
    expect(table.stdout).toMatch(/bus +no +proxy/)
    expect(table.stderr).toContain('10.0.0.0/8 is a range')
    expect(table.stderr).toContain('.cluster.local is missing')

    const json = await sandbox.run('proxy', '--endpoints', file, '--output', 'json')
    const view = JSON.parse(json.stdout)
    expect(view).toMatchObject({ source: 'the environment of this computer', httpsProxy: 'http://proxy.test:3128' })
    expect(await faultsAgainst(sandbox, 'proxy', view)).toEqual([])
    expect(table.stdout + table.stderr + json.stdout).not.toMatch(/petra|geheim42/)
  })

  it('takes the proxy of --proxy, and reports that none is set', async () => {
    const sandbox = await createSandbox()
    const file = await sandbox.file('rows.yaml', rows)
    const none = await sandbox.run('proxy', '--endpoints', file)
    expect([none.code, none.stdout]).toEqual([0, ''])
    expect(none.stderr).toContain('No proxy is set')
    const named = await sandbox.run('proxy', '--endpoints', file, '--proxy', 'proxy.test:3128')
    expect(named.stderr).toContain('From --proxy: HTTPS_PROXY proxy.test:3128')
  })

  it('accepts a profile with its settings, and requires a profile, a plane or a list', async () => {
    const sandbox = await createSandbox({ HTTPS_PROXY: 'http://proxy.test:3128' })
    const openchoreo = await sandbox.run('proxy', '--profile', 'openchoreo', '--output', 'json')
    expect(JSON.parse(openchoreo.stdout).rows.map(({ endpoint }: { endpoint: string }) => endpoint)).toContain('git')
    expect(await sandbox.run('proxy')).toMatchObject({ code: 2 })
    expect(await sandbox.run('proxy', '--plane', 'nothing')).toMatchObject({ code: 2 })
  })
})
