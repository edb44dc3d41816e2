// Shows new votes as they come: each request is answered when somebody votes.
const page = document.currentScript.dataset;

async function follow() {
  const told = await (await fetch(page.nextVote)).json();
  if (told.changed) {
    const { choices } = await (await fetch(page.results)).json();
    document.querySelector("#votes").textContent = told.votes;
    document.querySelectorAll("label").forEach((label, place) => {
      const meter = label.querySelector("meter");
      meter.max = told.votes || 1;
      meter.value = choices[place].votes;
      label.querySelector(".count").textContent = choices[place].votes;
    });
  }
  follow();
}

follow().catch(() => {});
