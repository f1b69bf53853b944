export const caption = 'A world'
