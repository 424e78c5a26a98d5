import { Notification } from 'electron'
import { visibleText } from '../../preload/visible-text.ts'

/** A notification for the user. */
export interface Told {
  readonly title: string
  readonly body: string
  /** Shows its subject in the window, once it is open. */
  readonly open: () => void
}

/** Without a reference, a notification and its click handler are garbage-collected. The oldest are released. */
const held = new Set<Notification>()
const heldLimit = 50

/** Shows a system notification. A click brings the window to the front and shows the subject. */
export function showNotification({ title, body, open }: Told, raise: () => void): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title: visibleText(title), body: visibleText(body) })
  const letGo = (): void => void held.delete(notification)
  notification.once('click', () => {
    letGo()
    raise()
    open()
  })
  notification.once('close', letGo)
  notification.once('failed', letGo)
  held.add(notification)
  const [oldest] = held
  if (held.size > heldLimit && oldest !== undefined) held.delete(oldest)
  notification.show()
}
