import type { Session } from 'electron'
import { describe, expect, it } from 'vitest'
import { limitPermissions } from './permissions.ts'

type Handlers = {
  request?: Parameters<Session['setPermissionRequestHandler']>[0]
  check?: Parameters<Session['setPermissionCheckHandler']>[0]
  device?: Parameters<Session['setDevicePermissionHandler']>[0]
}

/** The handlers of a session as Electron holds them. Without one, Electron grants what is asked for. */
function limited(): Handlers {
  const handlers: Handlers = {}
  const session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  > = {
    setPermissionRequestHandler(handler) {
      handlers.request = handler
    },
    setPermissionCheckHandler(handler) {
      handlers.check = handler
    },
    setDevicePermissionHandler(handler) {
      handlers.device = handler
    },
  }
  limitPermissions(session as Session) // only these three are used
  return handlers
}

const ours = 'app://hangar/'
const contents = {} as Electron.WebContents // no handler looks at it
const details = { isMainFrame: true, requestingUrl: ours }

describe('permissions of the session', () => {
  it.each([
    ['clipboard-sanitized-write', ours, true],
    ['clipboard-sanitized-write', 'https://evil.example/', false],
    ['geolocation', ours, false],
    ['media', ours, false],
    ['openExternal', ours, false],
  ] as const)('a request for %s by %s gets %s', async (permission, url, granted) => {
    const { request } = limited()
    const answer = await new Promise((done) => {
      if (!request) return done('granted without a handler')
      request(contents, permission, done, { ...details, requestingUrl: url })
    })

    expect(answer).toBe(granted)
  })

  it.each([
    ['clipboard-sanitized-write', ours, true],
    ['clipboard-sanitized-write', 'https://evil.example/', false],
    ['geolocation', ours, false],
    ['hid', ours, false],
    ['serial', ours, false],
    ['usb', ours, false],
  ] as const)('a check of %s by %s gets %s', (permission, url, granted) => {
    expect(limited().check?.(contents, permission, url, details)).toBe(granted)
  })

  it.each(['hid', 'serial', 'usb'] as const)(
    'a %s device is refused, also one that was granted before',
    (deviceType) => {
      const device = { deviceId: '1', vendorId: 1, productId: 1 } as unknown as Electron.USBDevice // what the system reports

      expect(limited().device?.({ deviceType, origin: 'app://hangar', device })).toBe(false)
    },
  )
})
