import { Notification } from 'electron'

/** What a person is told while they look elsewhere. */
export interface Told {
  readonly title: string
  readonly body: string
  /** Shows what it is about in the window, as soon as there is one. */
  readonly open: () => void
}

/** A notification that nobody holds is collected, and its click with it. The oldest are let go of. */
const held = new Set<Notification>()
const heldLimit = 50

/** Shows the system's notification; a click on it brings the window to the front, at what the notification is about. */
export function showNotification({ title, body, open }: Told, raise: () => void): void {
  if (!Notification.isSupported()) return
  const notification = new Notification({ title, body })
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
