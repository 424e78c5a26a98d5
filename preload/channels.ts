/** The only two messages of the desktop's bridge: a page requests its port, and receives it. They carry nothing else. */
export const requestChannel = 'hangar:request'
export const portChannel = 'hangar:port'
