import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Desktop, launchDesktop, whyNoDesktop } from './harness.ts'

const missing = whyNoDesktop()

const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'foreign',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [
    {
      name: 'u',
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          interactiveMode: 'Never',
          command: '/bin/sh',
          args: ['-c', 'id'],
        },
      },
    },
  ],
  contexts: [{ name: 'foreign', context: { cluster: 'c', user: 'u' } }],
}

describe.skipIf(missing !== undefined)(
  `a script in the desktop window${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let desktop: Desktop
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hangar-native-consent-'))
      await writeFile(join(folder, 'kubeconfig'), stringify(kubeconfig))
      desktop = await launchDesktop({ environment: { KUBECONFIG: join(folder, 'kubeconfig') } })
    })
    afterAll(async () => {
      await desktop?.close()
      await rm(folder, { recursive: true, force: true })
    })

    /** What the user presses in the system's dialog; returns what the next dialogs show. */
    const answerWith = (response: number) =>
      desktop.evaluate(({ dialog }, pressed) => {
        const shown: unknown[] = []
        Object.assign(globalThis, { shown })
        Object.assign(dialog, {
          showMessageBox: async (...given: unknown[]) => {
            shown.push(given.at(-1))
            return { response: pressed, checkboxChecked: false }
          },
        })
      }, response)
    const shown = () => desktop.evaluate(() => (globalThis as unknown as { shown: unknown[] }).shown) // put there above

    const allow = () =>
      desktop.page.evaluate(async () => {
        const { clusters } = await window.hangar
        const [context] = (await clusters.contexts()).contexts
        const input = { contextId: context?.id ?? '', wholeFile: false, variables: [] }
        const allowed = await clusters.allow({ ...input, consentId: context?.consent?.id ?? '' }).then(
          () => 'allowed',
          (error: { code: string }) => error.code,
        )
        return [allowed, (await clusters.contexts()).contexts[0]?.consent?.given]
      })

    it('cannot allow a program: the system asks the user, with the command and Cancel as the default', async () => {
      await answerWith(0)
      expect(await allow()).toEqual(['NOT_CONFIRMED', false])
      expect(await shown()).toEqual([
        {
          type: 'warning',
          title: 'Hangar',
          message: 'Allow the sign-in to foreign?',
          detail: expect.stringMatching(/\n {2}- run \/usr\/bin\/dash -c id$|\n {2}- run \/bin\/.* -c id$/),
          buttons: ['Cancel', 'Allow sign-in'],
          defaultId: 0,
          cancelId: 0,
          noLink: true,
        },
      ])
    })

    it('has allowed it once the user has confirmed it', async () => {
      await answerWith(1)
      expect(await allow()).toEqual(['allowed', true])
      expect(await shown()).toHaveLength(1)
    })
  },
)
