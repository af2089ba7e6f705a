import { gate } from './support.ts';

// Its modules have gates of their own: what is new is what happens between them.
gate('eras', 50);
