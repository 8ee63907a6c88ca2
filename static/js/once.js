// Whoever clicks twice sends a form once. The second answer would take the place of the
// first, and know its code as used: nobody would get in, or see the recovery codes. For
// ten seconds, as an answer may take so long on a slow phone.
let last = -Infinity;
addEventListener("submit", (event) => {
  if (event.timeStamp - last < 10000) event.preventDefault();
  else last = event.timeStamp;
});
