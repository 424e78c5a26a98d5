import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { unreachableCluster } from '../terminal/sandbox.ts'
import { type Desktop, launchDesktop, whyNoDesktop } from './harness.ts'

const missing = whyNoDesktop()

describe.skipIf(missing !== undefined)(
  `the proxy settings of the desktop${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let desktop: Desktop
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hangar-proxy-'))
      await writeFile(join(folder, 'kubeconfig'), stringify(unreachableCluster))
      const noProxyVariables = {
        HTTPS_PROXY: '',
        https_proxy: '',
        HTTP_PROXY: '',
        http_proxy: '',
        ALL_PROXY: '',
        all_proxy: '',
      }
      desktop = await launchDesktop({ environment: { ...noProxyVariables, KUBECONFIG: join(folder, 'kubeconfig') } })
    })
    afterAll(async () => {
      await desktop?.close()
      await rm(folder, { recursive: true, force: true })
    })

    it('are read from the system if the environment has none', async () => {
      await desktop.evaluate(({ session }) =>
        session.fromPartition('hangar').setProxy({ proxyRules: 'proxy.corp.test:3128' }),
      )

      const view = await desktop.page.evaluate(async () => {
        const hangar = await window.hangar
        const { contexts } = await hangar.clusters.contexts()
        const plane = await hangar.planes.create({
          name: 'proxied',
          profile: 'openchoreo',
          contextId: contexts[0]?.id ?? '',
          managementModel: (await hangar.profiles.get({ name: 'openchoreo' })).managementModels[0]?.id ?? '',
          settings: {},
          overrides: {},
        })
        return await hangar.connectivity.proxy({ planeId: plane.id })
      })

      expect(view).toMatchObject({ httpsProxy: 'http://proxy.corp.test:3128' })
      expect(view.source).toContain('PAC')
      expect(view.rows.find(({ endpoint }) => endpoint === 'git')?.runtimes.go.through).toBe(
        'http://proxy.corp.test:3128',
      )
      expect(view.advice.map(({ entry }) => entry)).toContain('.svc')
    })
  },
)
