"""How notifications leave the house: their sentences, mail, webhooks, and the thread that sends them."""
