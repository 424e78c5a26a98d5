/** The only two messages of the desktop's bridge: a page asks for its port, and gets it. They carry nothing else. */
export const askChannel = 'hangar:ask'
export const portChannel = 'hangar:port'
