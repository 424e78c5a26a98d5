import { connect } from '../../../renderer/client.ts'

/** The client of this page, for what a test runs in it. */
declare global {
  interface Window {
    hangar: ReturnType<typeof connect>
  }
}

window.hangar = connect()
window.hangar.catch(() => undefined) // a test that needs it awaits it
